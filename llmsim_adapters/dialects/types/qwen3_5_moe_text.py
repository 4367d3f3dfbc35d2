"""Qwen3.5-MoE: Qwen3.5 with experts and a gated shared one in every layer. Source: `Qwen3_5MoeTextConfig`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.decoder import decoder
from llmsim_adapters.dialects.types import qwen2_moe, qwen3_5_text, qwen3_next

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    experts = qwen2_moe.experts_with_shared
    return decoder(r, qwen3_next.mixers(r), experts(r), mtp=qwen3_next.next_tokens(r, experts))


DIALECT = qwen3_5_text.DIALECT.like(
    "qwen3_5_moe_text",
    read=read,
    text_only=("Qwen3_5MoeForCausalLM",),
    costless=dict.fromkeys(
        ("decoder_sparse_step", "intermediate_size", "mlp_only_layers"),
        "every layer has experts: its class does not know the key",
    ),
    hidden_size=2048,
    num_hidden_layers=40,
    num_key_value_heads=2,
    num_experts=256,
    num_experts_per_tok=8,
)
