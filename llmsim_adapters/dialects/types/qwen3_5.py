"""Qwen3.5 with its picture encoder. Source: transformers `Qwen3_5Config`."""

from functools import partial

from llmsim_adapters.dialects.assembly.resizing import QWEN3_VL, resized
from llmsim_adapters.dialects.assembly.tower import one_tower
from llmsim_adapters.dialects.types import qwen3_5_text

towers = one_tower("qwen3_5_vision", partial(resized, of=QWEN3_VL))

DIALECT = qwen3_5_text.DIALECT.like("qwen3_5", text_config="text_config", towers=towers)
