"""GLM-4.7 Flash: DeepSeek-V3 with a list of which layers have experts. Source: `Glm4MoeLiteConfig`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import latent_attention, mixture_of_experts, mlp
from llmsim_adapters.dialects.assembly.decoder import decoder, next_token_stack, prediction_modules
from llmsim_adapters.dialects.assembly.patterns import after_dense, experts_where, mlp_layer_types
from llmsim_adapters.dialects.types import deepseek_v3

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    mixer = latent_attention(r, bias=r.flag("attention_bias"))
    is_sparse = mlp_layer_types(r, lambda: after_dense(r))
    experts = mixture_of_experts(r, score_correction_bias="buffer")
    mtp = next_token_stack(r, prediction_modules(r), mixer, experts)
    return decoder(r, mixer, experts_where(r, is_sparse, lambda: mlp(r), lambda: experts), mtp=mtp)


DIALECT = deepseek_v3.DIALECT.like(
    "glm4_moe_lite",
    read=read,
    aliases={"head_dim": "qk_rope_head_dim"},
    vocab_size=154880,
    hidden_size=2048,
    intermediate_size=10240,
    num_hidden_layers=47,
    num_attention_heads=20,
    num_key_value_heads=20,
    q_lora_rank=768,
    qk_nope_head_dim=192,
    v_head_dim=256,
    num_experts=64,
    num_experts_per_tok=4,
    moe_intermediate_size=1536,
    first_k_dense_replace=1,
    num_nextn_predict_layers=0,
)
