"""Youtu-LLM: latent attention without experts, as DeepSeek-V3 has it. Source: transformers `YoutuConfig`."""

from __future__ import annotations

from llmsim_adapters.dialects.types import minicpm3

DIALECT = minicpm3.DIALECT.like(
    "youtu",
    costless={"embedding_initializer_range": "training only"},
    vocab_size=128256,
    hidden_size=2048,
    intermediate_size=6144,
    num_hidden_layers=32,
    num_attention_heads=16,
    num_key_value_heads=16,
    q_lora_rank=1536,
    kv_lora_rank=512,
    qk_nope_head_dim=128,
    qk_rope_head_dim=64,
    v_head_dim=128,
)
