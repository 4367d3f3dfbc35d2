"""Qwen 4 with its picture encoder. Source: transformers `Qwen4ExpConfig`."""

from functools import partial

from llmsim_adapters.dialects.assembly.resizing import QWEN3_VL, resized
from llmsim_adapters.dialects.assembly.tower import one_tower
from llmsim_adapters.dialects.types import qwen4_exp_text

towers = one_tower("qwen4_exp_vision", partial(resized, of=QWEN3_VL))

DIALECT = qwen4_exp_text.DIALECT.like("qwen4_exp", text_config="text_config", towers=towers)
