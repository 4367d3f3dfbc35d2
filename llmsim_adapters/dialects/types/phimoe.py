"""Phi-3.5-MoE: layer norms, and a router that takes two experts, always. Source: `PhimoeConfig`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import attention, mixture_of_experts
from llmsim_adapters.dialects.assembly.decoder import decoder, layer_norm, layers, windowed
from llmsim_adapters.dialects.types import mixtral

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    mixers = windowed(r, attention(r, bias=r.flag("attention_bias")), [True] * layers(r))
    experts = replace(mixture_of_experts(r), num_experts_per_tok=2)
    r.no_effect(("num_experts_per_tok",), "SparseMixer takes two experts, whatever the config says")
    return decoder(r, mixers, experts, norm=layer_norm(r), head_bias=r.flag("lm_head_bias"))


DIALECT = mixtral.DIALECT.like(
    "phimoe",
    read=read,
    costless={
        "input_jitter_noise": "training only",
        "expert_dropout": "training only",
    },
    vocab_size=32064,
    num_key_value_heads=8,
    head_dim=None,
    attention_bias=False,
    lm_head_bias=False,
    moe_intermediate_size=6400,
    num_experts=16,
)
