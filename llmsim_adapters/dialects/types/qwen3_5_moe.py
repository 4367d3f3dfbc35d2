"""Qwen3.5-MoE with Qwen3.5's picture encoder. Source: transformers `Qwen3_5MoeConfig`."""

from llmsim_adapters.dialects.types import qwen3_5, qwen3_5_moe_text

DIALECT = qwen3_5_moe_text.DIALECT.like("qwen3_5_moe", text_config="text_config", towers=qwen3_5.towers)
