"""Nemotron: layer norms, squared ReLU without a gate, half of each head rotated. Source: `NemotronConfig`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.classic import classic
from llmsim_adapters.dialects.assembly.components import attention
from llmsim_adapters.dialects.types import llama

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    kv_heads = r.size("num_key_value_heads")  # the class can't be built without
    mixer = attention(r, bias=r.flag("attention_bias"), kv_heads=kv_heads, rotary_fraction=0.5)
    return classic(r, mixer, bias=r.flag("mlp_bias"))


DIALECT = llama.DIALECT.like(
    "nemotron",
    read=read,
    vocab_size=256000,
    hidden_size=6144,
    intermediate_size=24576,
    num_attention_heads=48,
    hidden_act="relu2",
)
