"""Qwen3-MoE: Qwen3 with experts in every `decoder_sparse_step`-th layer. Source: `Qwen3MoeConfig`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import mixture_of_experts, mlp
from llmsim_adapters.dialects.assembly.decoder import decoder, layers, next_token_stack, prediction_modules, windowed
from llmsim_adapters.dialects.assembly.patterns import sparse_step
from llmsim_adapters.dialects.types import qwen3

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    attention = qwen3.normed_attention(r)
    r.no_effect(("max_window_layers",), "every layer has the window, or none")
    slides = [r.flag("use_sliding_window")] * layers(r)
    mtp = next_token_stack(r, prediction_modules(r), attention, mixture_of_experts(r)) if r.predicts_alone else None
    return decoder(r, windowed(r, attention, slides), sparse_step(r, mlp, mixture_of_experts), mtp=mtp)


DIALECT = qwen3.DIALECT.like(
    "qwen3_moe",
    read=read,
    hidden_size=2048,
    intermediate_size=6144,
    num_hidden_layers=24,
    num_key_value_heads=4,
    head_dim=None,
    moe_intermediate_size=768,
    num_experts=128,
    num_experts_per_tok=8,
    decoder_sparse_step=1,
    mlp_only_layers=None,
)
