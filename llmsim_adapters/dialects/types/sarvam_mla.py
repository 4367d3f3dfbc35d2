"""Sarvam 105B: DeepSeek-V3 with sizes of its own. Source: transformers `SarvamMLAConfig`, of DeepSeek-V3's class.

SGLang's defaults have fewer key/value heads than heads, which latent attention does not ask for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import latent_attention
from llmsim_adapters.dialects.types import deepseek_v3

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    attention = latent_attention(r, bias=r.flag("attention_bias"), counts_kv_heads=False)
    return deepseek_v3.with_attention(r, attention)


DIALECT = deepseek_v3.DIALECT.like(
    "sarvam_mla",
    read=read,
    classes=("DeepseekV3ForCausalLM", "SarvamMLAForCausalLM"),
    costless={
        "moe_router_enable_expert_bias": "the class has the bias, whatever it says",
        "q_head_dim": "follows from qk_nope_head_dim and qk_rope_head_dim",
        "router_dtype": "the number format of a product that is counted in elements",
        "score_function": "how experts are chosen and weighted, not how many or how large they are",
        "use_qk_norm": "the class does not know the key",
    },
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
