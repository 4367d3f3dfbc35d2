"""Code World Model: Llama with windows, but in every fourth layer. Source: transformers `CwmConfig`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import attention, mlp
from llmsim_adapters.dialects.assembly.decoder import decoder
from llmsim_adapters.dialects.assembly.patterns import full_every
from llmsim_adapters.dialects.types import llama

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    return decoder(r, full_every(r, attention(r), 4, first=True), mlp(r, bias=r.flag("mlp_bias")))


DIALECT = llama.DIALECT.like(
    "cwm",
    read=read,
    vocab_size=128256,
    hidden_size=6144,
    intermediate_size=21504,
    num_hidden_layers=64,
    num_attention_heads=48,
    num_key_value_heads=8,
    head_dim=128,
    sliding_window=8192,
)
