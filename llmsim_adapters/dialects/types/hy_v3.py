"""HY 3: Qwen3's attention, DeepSeek-V3's experts, biases where the config says. Source: `HYV3Config`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import mixture_of_experts, mlp
from llmsim_adapters.dialects.assembly.decoder import decoder, next_token_stack, prediction_modules
from llmsim_adapters.dialects.assembly.patterns import after_dense, experts_where, mlp_layer_types
from llmsim_adapters.dialects.types import glm4_moe, qwen3

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    mixer, bias = qwen3.normed_attention(r), r.flag("mlp_bias")
    is_sparse = mlp_layer_types(r, lambda: after_dense(r))
    experts = mixture_of_experts(r, score_correction_bias="buffer", shared_bias=bias)
    if experts.shared is None or not experts.shared.intermediate_size:  # the code takes 0 for "not given"
        experts = replace(experts, shared=mlp(r, bias=bias))
    r.only("qk_norm", True)
    r.only("moe_router_enable_expert_bias", True)
    r.agree("expert_hidden_dim", experts.moe_intermediate_size, "moe_intermediate_size")
    mtp = next_token_stack(r, prediction_modules(r), mixer, experts)
    return decoder(r, mixer, experts_where(r, is_sparse, lambda: mlp(r, bias=bias), lambda: experts), mtp=mtp)


DIALECT = glm4_moe.DIALECT.like(
    "hy_v3",
    read=read,
    costless={
        **dict.fromkeys(
            ("router_scaling_factor", "route_norm", "moe_router_use_sigmoid"),
            "how experts are chosen and weighted, not how many or how large they are",
        ),
        "enable_moe_fp32_combine": "in which format the experts' results are added: elementwise",
    },
    qk_norm=True,
    moe_router_enable_expert_bias=True,
    vocab_size=120832,
    intermediate_size=13312,
    num_hidden_layers=80,
    num_attention_heads=64,
    head_dim=128,
    num_experts=192,
    moe_intermediate_size=1536,
    num_nextn_predict_layers=0,
)
