"""Sarvam 105B: DeepSeek-V3 with sizes of its own. Source: transformers `SarvamMLAConfig`, of DeepSeek-V3's class."""

from __future__ import annotations

from llmsim_adapters.dialects.types import deepseek_v3

DIALECT = deepseek_v3.DIALECT.like(
    "sarvam_mla",
    classes=("DeepseekV3ForCausalLM", "SarvamMLAForCausalLM"),
    costless={"q_head_dim": "follows from qk_nope_head_dim and qk_rope_head_dim"},
    vocab_size=262144,
    hidden_size=4096,
    intermediate_size=16384,
    num_hidden_layers=32,
    num_attention_heads=64,
    num_key_value_heads=None,
    num_experts=128,
    q_lora_rank=None,
    first_k_dense_replace=1,
    num_nextn_predict_layers=0,
)
