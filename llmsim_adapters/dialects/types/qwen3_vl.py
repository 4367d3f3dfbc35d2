"""Qwen3-VL with its picture encoder. Source: transformers `Qwen3VLConfig`."""

from functools import partial

from llmsim_adapters.dialects.assembly.resizing import QWEN3_VL, resized
from llmsim_adapters.dialects.assembly.tower import one_tower
from llmsim_adapters.dialects.types import qwen3_vl_text

towers = one_tower("qwen3_vl_vision", partial(resized, of=QWEN3_VL))

DIALECT = qwen3_vl_text.DIALECT.like("qwen3_vl", text_config="text_config", towers=towers, tie_word_embeddings=False)
