"""Qwen2-MoE: Qwen2 with experts beside a gated shared one of its own width. Source: `Qwen2MoeConfig`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import attention, mixture_of_experts, mlp
from llmsim_adapters.dialects.assembly.decoder import decoder, layers, windowed
from llmsim_adapters.dialects.assembly.patterns import sparse_step, without_windows
from llmsim_adapters.dialects.types import qwen3_moe

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.components import Attention, MixtureOfExperts
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    base = attention(r, bias=r.flag("qkv_bias"), o_bias=False)
    return decoder(r, _windows(r, base), sparse_step(r, mlp, experts_with_shared))


def _windows(r: Reader, base: Attention) -> Attention | list[Attention]:
    """With `use_sliding_window` every other one of the first `max_window_layers` layers slides."""
    if not r.flag("use_sliding_window"):
        return without_windows(r, base)
    if r.has("layer_types"):
        r.no_vote(("max_window_layers",), "layer_types", "which layers slide")
        return windowed(r, base, [False] * layers(r))
    below = r.count("max_window_layers")
    return windowed(r, base, [i % 2 == 0 and i < below for i in range(layers(r))])


def experts_with_shared(r: Reader) -> MixtureOfExperts:
    shared = mlp(r, width=r.size("shared_expert_intermediate_size"))
    return replace(mixture_of_experts(r), shared=shared, shared_gate=True)


DIALECT = qwen3_moe.DIALECT.like(
    "qwen2_moe",
    read=read,
    intermediate_size=5632,
    num_attention_heads=16,
    num_key_value_heads=16,
    qkv_bias=True,
    sliding_window=4096,
    max_window_layers=28,
    moe_intermediate_size=1408,
    shared_expert_intermediate_size=5632,
    num_experts=60,
    num_experts_per_tok=4,
)
