"""Helium: Llama whose attention output has no bias. Source: transformers `HeliumConfig`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import attention, mlp
from llmsim_adapters.dialects.assembly.decoder import decoder
from llmsim_adapters.dialects.types import llama

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    mixer = attention(r, bias=r.flag("attention_bias"), o_bias=False)
    width = mixer.num_attention_heads * mixer.head_dim
    r.check("head_dim", width == mixer.hidden_size, lambda: f"makes heads of {int(width)} in all; expected hidden_size")
    return decoder(r, mixer, mlp(r, bias=r.flag("mlp_bias")))


DIALECT = llama.DIALECT.like(
    "helium",
    read=read,
    vocab_size=48000,
    hidden_size=2560,
    intermediate_size=7040,
    num_hidden_layers=24,
    num_attention_heads=20,
    num_key_value_heads=20,
    head_dim=128,
)
