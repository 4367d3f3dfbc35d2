"""Mellum: Qwen3-MoE whose layers may slide or be dense, as lists say. Source: transformers `MellumConfig`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import mixture_of_experts, mlp
from llmsim_adapters.dialects.assembly.decoder import decoder, layers, windowed
from llmsim_adapters.dialects.assembly.patterns import experts_where, mlp_layer_types
from llmsim_adapters.dialects.types import qwen3, qwen3_moe

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    if r.count("num_nextn_predict_layers"):
        r.not_modelled("multi_token_prediction")
    else:
        r.no_effect(("mtp_layer_types", "mtp_mlp_layer_types"), "there is no multi-token prediction")
    count = layers(r)
    mixers = windowed(r, qwen3.normed_attention(r), [False] * count)
    is_sparse = mlp_layer_types(r, lambda: [True] * count)
    return decoder(r, mixers, experts_where(r, is_sparse, lambda: mlp(r), lambda: mixture_of_experts(r)))


DIALECT = qwen3_moe.DIALECT.like(
    "mellum",
    read=read,
    vocab_size=98304,
    hidden_size=2304,
    intermediate_size=7168,
    num_hidden_layers=28,
    head_dim=128,
    sliding_window=1024,
    num_experts=64,
    moe_intermediate_size=896,
)
