"""Qwen3-Next: a gated delta net in three of four layers, gated attention in the others. Source: `Qwen3NextConfig`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import attention, mlp
from llmsim_adapters.dialects.assembly.decoder import decoder, next_token_stack, prediction_modules
from llmsim_adapters.dialects.assembly.linear_attention import (
    ATTENTION_PARAMETERS,
    gated_delta_net,
    last_of_every,
    linear_or_full,
)
from llmsim_adapters.dialects.assembly.options import gated
from llmsim_adapters.dialects.assembly.patterns import sparse_step
from llmsim_adapters.dialects.types import qwen2_moe, qwen3_moe

if TYPE_CHECKING:
    from collections.abc import Callable

    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.components import Attention, Component
    from llmsim_adapters.spec.model import ModelSpec, Stack


def gated_attention(r: Reader) -> Attention:
    """Read Qwen3's attention with a gate on every result, projected along with the queries."""
    r.only("attn_output_gate", True)
    base = attention(r, bias=r.flag("attention_bias"), qk_norm=True, rotary_fraction=0.25)
    return gated(base, bias=base.qkv_bias)


def mixers(r: Reader) -> Component | list[Component]:
    """Read which layers have which attention; modules that predict further tokens have gated attention."""
    return linear_or_full(
        r,
        lambda: gated_delta_net(r),
        lambda: gated_attention(r),
        lambda: last_of_every(r, "full_attention_interval"),
        full_parameters=() if prediction_modules(r) else ATTENTION_PARAMETERS,
    )


def next_tokens(r: Reader, feed_forward: Callable[[Reader], Component]) -> Stack | None:
    """Read the multi-token prediction modules: gated attention, and the usual feed-forward network."""
    count = prediction_modules(r)
    if not count:
        r.no_effect(("mtp_use_dedicated_embeddings",), "there is no multi-token prediction")
        return None
    r.only("mtp_use_dedicated_embeddings", False)
    return next_token_stack(r, count, gated_attention(r), feed_forward(r))


def read(r: Reader) -> ModelSpec:
    experts = qwen2_moe.experts_with_shared
    return decoder(r, mixers(r), sparse_step(r, mlp, experts), mtp=next_tokens(r, experts))


DIALECT = qwen3_moe.DIALECT.like(
    "qwen3_next",
    read=read,
    costless={"use_sliding_window": "no layer of the type slides: its class does not know the key"},
    intermediate_size=5632,
    num_hidden_layers=48,
    num_attention_heads=16,
    num_key_value_heads=2,
    head_dim=256,
    moe_intermediate_size=512,
    shared_expert_intermediate_size=512,
    num_experts=512,
    num_experts_per_tok=10,
    attn_output_gate=True,
    full_attention_interval=4,
    linear_num_key_heads=16,
    linear_num_value_heads=32,
    linear_key_head_dim=128,
    linear_value_head_dim=128,
    linear_conv_kernel_dim=4,
)
