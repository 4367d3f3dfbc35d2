"""MiniMax-01: Mixtral's layers, every other one with lightning attention. Source: transformers `MiniMaxConfig`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import attention, mixture_of_experts
from llmsim_adapters.dialects.assembly.decoder import decoder, layers
from llmsim_adapters.dialects.assembly.linear_attention import lightning_attention, linear_or_full
from llmsim_adapters.dialects.types import mixtral

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.components import Attention
    from llmsim_adapters.spec.model import ModelSpec


def _attention(r: Reader) -> Attention:
    base, window = attention(r), r.optional_size("sliding_window")
    return base if window is None else replace(base, window=window)


def read(r: Reader) -> ModelSpec:
    mixers = linear_or_full(
        r,
        lambda: lightning_attention(r),
        lambda: _attention(r),
        lambda: [i % 2 == 0 for i in range(layers(r))],
        linear_parameters=("block_size",),
        full_parameters=("num_key_value_heads", "sliding_window", "partial_rotary_factor"),
    )
    return decoder(r, mixers, mixture_of_experts(r))


_SCALES = "a factor of the residual or of a layer's result: elementwise"

DIALECT = mixtral.DIALECT.like(
    "minimax",
    read=read,
    costless={
        "full_attn_alpha_factor": _SCALES,
        "full_attn_beta_factor": _SCALES,
        "linear_attn_alpha_factor": _SCALES,
        "linear_attn_beta_factor": _SCALES,
        "mlp_alpha_factor": _SCALES,
        "mlp_beta_factor": _SCALES,
    },
    block_size=256,
)
