"""MiniCPM-V 4.7's picture encoder: MiniCPM-V 4.6's. Source: transformers."""

from llmsim_adapters.dialects.towers import minicpmv4_6_vision

DIALECT = minicpmv4_6_vision.DIALECT.like("minicpmv4_7_vision")
