"""Qwen2: biased queries, keys and values; the layers after `max_window_layers` may slide. Source: `Qwen2Config`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import attention, mlp
from llmsim_adapters.dialects.assembly.decoder import decoder
from llmsim_adapters.dialects.assembly.patterns import qwen_windows
from llmsim_adapters.dialects.types import llama

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    return decoder(r, qwen_windows(r, attention(r, bias=True, o_bias=False)), mlp(r))


DIALECT = llama.DIALECT.like(
    "qwen2",
    read=read,
    vocab_size=151936,
    intermediate_size=22016,
    num_key_value_heads=32,
    use_sliding_window=False,
    sliding_window=4096,
    max_window_layers=28,
)
