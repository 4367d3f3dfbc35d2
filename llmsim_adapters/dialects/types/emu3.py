"""Emu3: of a config that leaves out its language model's type, that model. Source: transformers `Emu3Config`."""

from llmsim_adapters.dialects.types import emu3_text_model

DIALECT = emu3_text_model.DIALECT.like("emu3")
