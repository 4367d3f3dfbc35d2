"""Qwen2-VL in published configs, which have the text model's keys beside `vision_config`. Source: `Qwen2VLConfig`."""

from llmsim_adapters.dialects.assembly.resizing import resized
from llmsim_adapters.dialects.assembly.tower import one_tower
from llmsim_adapters.dialects.types import qwen2_vl_text

towers = one_tower("qwen2_vl_vision", resized)

DIALECT = qwen2_vl_text.DIALECT.like("qwen2_vl", towers=towers, ties="either")
