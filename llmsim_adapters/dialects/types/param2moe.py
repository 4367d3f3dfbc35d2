"""Param2 of BharatGen: Ling's layers, with a width for all shared experts together.

Source: vLLM 0.33's `param2moe.py` and `Param2MoEConfig` of bharatgenai/Param2-17B-A2.4B-Thinking; `glm4_moe` of equal
dimensions is the proof.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import attention, mixture_of_experts, mlp
from llmsim_adapters.dialects.assembly.decoder import decoder, prediction_modules
from llmsim_adapters.dialects.assembly.patterns import dense_first
from llmsim_adapters.dialects.types import bailing_moe

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.components import MixtureOfExperts
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    r.only("use_rmsnorm", True)
    if prediction_modules(r):
        r.not_modelled("multi_token_prediction")
    mixer = attention(r, bias=r.flag("qkv_bias"), o_bias=r.flag("use_bias"), qk_norm=r.flag("qk_norm"))
    return decoder(r, mixer, dense_first(r, lambda: mlp(r), _experts(r)))


def _experts(r: Reader) -> MixtureOfExperts:
    corrected = r.flag("moe_router_enable_expert_bias")
    experts = mixture_of_experts(r, score_correction_bias="buffer" if corrected else None)
    if experts.shared is None:
        r.no_effect(("moe_shared_expert_intermediate_size",), "there are no shared experts")
        return experts
    width = r.optional_size("moe_shared_expert_intermediate_size")
    if width is None:
        return experts
    r.no_effect(("num_shared_experts",), "moe_shared_expert_intermediate_size is the width of all of them")
    return replace(experts, shared=mlp(r, width=width))


DIALECT = bailing_moe.DIALECT.like(
    "param2moe",
    read=read,
    vocab_size=157184,
    hidden_size=2048,
    intermediate_size=5120,
    num_hidden_layers=20,
    num_attention_heads=16,
    num_key_value_heads=4,
    head_dim=128,
    qk_norm=True,
    moe_router_enable_expert_bias=True,
    num_experts=256,
    num_experts_per_tok=8,
    num_shared_experts=1,
    moe_intermediate_size=512,
    moe_shared_expert_intermediate_size=None,
    first_k_dense_replace=1,
    num_nextn_predict_layers=0,
)
