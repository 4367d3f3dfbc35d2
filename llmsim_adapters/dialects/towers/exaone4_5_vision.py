"""EXAONE 4.5's picture encoder: Qwen2.5-VL's with grouped keys and values.

Source: transformers `Exaone4_5_VisionConfig`.
"""

from __future__ import annotations

from llmsim_adapters.dialects.towers import qwen2_5_vl_vision

DIALECT = qwen2_5_vl_vision.DIALECT.like("exaone4_5_vision", num_key_value_heads=8)
