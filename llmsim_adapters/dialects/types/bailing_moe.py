"""Ling under its remote code's type: ordinary attention, and DeepSeekMoE's experts after dense layers.

Source: the published configs of inclusionAI/Ling-lite and SGLang's `bailing_moe.py`; `glm4_moe` of equal dimensions is
the proof. A head with normalised weights (`norm_head`) costs nothing: they are normalised once.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import attention, mixture_of_experts, mlp
from llmsim_adapters.dialects.assembly.decoder import decoder, next_token_stack, prediction_modules
from llmsim_adapters.dialects.assembly.patterns import dense_first
from llmsim_adapters.dialects.types import xverse

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    r.only("use_bias", False)
    r.only("use_rmsnorm", True)
    mixer = attention(r, bias=r.flag("qkv_bias"), o_bias=False, qk_norm=r.flag("qk_norm"))
    corrected = r.flag("moe_router_enable_expert_bias")
    experts = mixture_of_experts(r, score_correction_bias="buffer" if corrected else None)
    by_kind = r.flag("multi_gate") or r.word("router_type", ("topN", "MultiRouter")) == "MultiRouter"
    if by_kind:
        experts = replace(experts, media_routers=2)  # of pictures and of sound
    mtp = next_token_stack(r, prediction_modules(r), mixer, experts)
    return decoder(r, mixer, dense_first(r, lambda: mlp(r), experts), mtp=mtp)


_ONE_MATRIX = "how one library stores the projections of queries, keys and values"

DIALECT = xverse.DIALECT.like(
    "bailing_moe",
    read=read,
    classes=("BailingMoeV2ForCausalLM",),
    aliases={"use_bias": "use_bias"},
    neutral={"router_dtype": "fp32"},
    costless={
        "image_patch_token": "a token id",
        "max_window_layers": "no layer has a window",
        "norm_head": "the head's weights are normalised once, when they are loaded",
        "norm_softmax": "how the router's probabilities are scaled: elementwise",
        "rotary_dim": "how much of each head is rotated: elementwise",
        "router_dtype": "how the router's weights are stored: in float32",
        "score_function": "how experts are chosen and weighted, not how many or how large they are",
        "using_split_qkv_in_self_attention": _ONE_MATRIX,
    },
    use_bias=False,
    use_rmsnorm=True,
    multi_gate=False,
    router_type=None,
    qkv_bias=False,
    qk_norm=False,
    moe_router_enable_expert_bias=False,
    num_shared_experts=0,
    first_k_dense_replace=0,
    moe_layer_freq=1,
)
