"""The text model of Qwen3-VL: Qwen3 without windows. Source: transformers `Qwen3VLTextConfig`.

`qwen3` of equal dimensions is the proof: rotary positions of three axes and features that are added behind the first
layers have no weights here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import mlp
from llmsim_adapters.dialects.assembly.decoder import decoder
from llmsim_adapters.dialects.types import llama
from llmsim_adapters.dialects.types.qwen3 import normed_attention

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    return decoder(r, normed_attention(r), mlp(r))


DIALECT = llama.DIALECT.like(
    "qwen3_vl_text",
    read=read,
    vocab_size=151936,
    intermediate_size=22016,
    num_key_value_heads=32,
    head_dim=128,
)
