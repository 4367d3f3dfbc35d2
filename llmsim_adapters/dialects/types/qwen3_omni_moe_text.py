"""The text model of Qwen3-Omni's thinker: Qwen3-MoE. Source: transformers `Qwen3OmniMoeTextConfig`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.types import qwen3_moe

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    r.only("qk_norm", True)
    if r.count("shared_expert_intermediate_size"):
        r.not_modelled("shared_expert_intermediate_size")
    return qwen3_moe.read(r)


DIALECT = qwen3_moe.DIALECT.like(
    "qwen3_omni_moe_text",
    read=read,
    vocab_size=3584,
    intermediate_size=18944,
    num_hidden_layers=28,
    num_attention_heads=28,
    sliding_window=None,
    qk_norm=True,
    shared_expert_intermediate_size=0,
)
