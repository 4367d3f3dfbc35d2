"""GLM-4.5: partly rotated attention, DeepSeek-V3's experts and its prediction module. Source: `Glm4MoeConfig`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import attention, mixture_of_experts, mlp
from llmsim_adapters.dialects.assembly.decoder import decoder, next_token_stack, prediction_modules
from llmsim_adapters.dialects.assembly.patterns import after_dense, experts_where
from llmsim_adapters.dialects.types import llama

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    bias, qk_norm = r.flag("attention_bias"), r.flag("qk_norm")
    mixer = attention(r, bias=bias, o_bias=False, qk_norm=qk_norm, rotary_fraction=0.5, floor=True)
    experts = mixture_of_experts(r, score_correction_bias="buffer")
    mtp = next_token_stack(r, prediction_modules(r), mixer, experts)
    elsewhere = mtp is not None
    networks = experts_where(r, after_dense(r), lambda: mlp(r), lambda: experts, elsewhere=elsewhere)
    return decoder(r, mixer, networks, mtp=mtp)


DIALECT = llama.DIALECT.like(
    "glm4_moe",
    read=read,
    vocab_size=151552,
    intermediate_size=10944,
    num_hidden_layers=46,
    num_attention_heads=96,
    num_key_value_heads=8,
    qk_norm=False,
    num_experts=128,
    num_experts_per_tok=8,
    num_shared_experts=1,
    moe_intermediate_size=1408,
    first_k_dense_replace=1,
    num_nextn_predict_layers=1,
)
