"""Sarvam 30B: GLM-4.5 with wholly rotated heads. Source: transformers `SarvamMoEConfig`, whose class is GLM-4.5's."""

from __future__ import annotations

from llmsim_adapters.dialects.types import glm4_moe

DIALECT = glm4_moe.DIALECT.like(
    "sarvam_moe",
    classes=("Glm4MoeForCausalLM", "SarvamMoEForCausalLM"),
    aliases={"use_qkv_bias": "attention_bias"},
    vocab_size=262144,
    intermediate_size=8192,
    num_hidden_layers=19,
    num_attention_heads=64,
    num_key_value_heads=4,
    head_dim=64,
    qk_norm=True,
    moe_intermediate_size=1024,
    num_experts_per_tok=6,
    num_nextn_predict_layers=0,
    partial_rotary_factor=1.0,
)
