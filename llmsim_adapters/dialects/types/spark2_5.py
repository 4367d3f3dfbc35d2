"""Spark 2.5: most layers slide, and each head of attention has a gate. Source: SGLang's `Spark2_5Config` and class."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import attention, mlp
from llmsim_adapters.dialects.assembly.decoder import decoder, layers, windowed
from llmsim_adapters.dialects.assembly.options import gated
from llmsim_adapters.dialects.types import llama

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    mixer = attention(r)
    if r.flag("headwise_attn_output_gate"):
        mixer = gated(mixer, per_head=True)
    mixers = windowed(r, mixer, [(i + 1) % 4 != 0 for i in range(layers(r))])
    r.no_effect(("hybrid_layer_pattern", "is_hybrid_swa"), "the class computes it from layer_types")
    return decoder(r, mixers, mlp(r))


DIALECT = llama.DIALECT.like(
    "spark2_5",
    read=read,
    vocab_size=133120,
    hidden_size=2048,
    intermediate_size=6656,
    num_hidden_layers=28,
    num_attention_heads=8,
    num_key_value_heads=2,
    head_dim=256,
    sliding_window=512,
    headwise_attn_output_gate=True,
)
