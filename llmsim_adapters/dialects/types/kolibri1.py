"""Kolibri-1: windows, but in every fifth layer, normalised heads, experts everywhere. Source: `Kolibri1Config`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import attention, mixture_of_experts, mlp
from llmsim_adapters.dialects.assembly.decoder import decoder
from llmsim_adapters.dialects.assembly.layouts import sandwich_norm
from llmsim_adapters.dialects.assembly.patterns import full_every, rotated_where_sliding
from llmsim_adapters.dialects.types import llama

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    experts = mixture_of_experts(r, score_correction_bias="buffer")
    shared = mlp(r, width=r.size("shared_expert_intermediate_size"))
    mixers = rotated_where_sliding(full_every(r, attention(r, qk_norm=True), 5))
    return decoder(r, mixers, replace(experts, shared=shared), layout=sandwich_norm)


DIALECT = llama.DIALECT.like(
    "kolibri1",
    read=read,
    vocab_size=128000,
    hidden_size=2560,
    num_hidden_layers=50,
    num_attention_heads=48,
    num_key_value_heads=4,
    head_dim=128,
    sliding_window=513,
    num_experts=384,
    num_experts_per_tok=6,
    moe_intermediate_size=512,
    shared_expert_intermediate_size=512,
)
