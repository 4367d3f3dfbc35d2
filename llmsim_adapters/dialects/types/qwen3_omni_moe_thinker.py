"""Qwen3-Omni's thinker by itself: what listens, looks and writes. Source: `Qwen3OmniMoeThinkerConfig`."""

from __future__ import annotations

from llmsim_adapters.dialects.types import qwen3_omni_moe, qwen3_omni_moe_text

DIALECT = qwen3_omni_moe_text.DIALECT.like(
    "qwen3_omni_moe_thinker",
    text_config="text_config",
    towers=qwen3_omni_moe.thinking,
    costless={"position_id_per_seconds": "positions in time: no weights"},
)
