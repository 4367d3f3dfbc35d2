"""Seed-OSS: Llama with biased queries, keys and values. Source: transformers `SeedOssConfig`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import attention, mlp
from llmsim_adapters.dialects.assembly.decoder import decoder
from llmsim_adapters.dialects.types import llama

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    mixer = attention(r, bias=r.flag("attention_bias"), o_bias=r.flag("attention_out_bias"))
    return decoder(r, mixer, mlp(r, bias=r.flag("mlp_bias")))


DIALECT = llama.DIALECT.like(
    "seed_oss",
    read=read,
    vocab_size=155136,
    intermediate_size=27648,
    num_hidden_layers=64,
    num_attention_heads=80,
    num_key_value_heads=8,
    head_dim=128,
    attention_bias=True,
    attention_out_bias=False,
)
