"""openPangu Pro MoE V2: grouped-query attention, DeepSeek-V3's experts, and norms before and after each mixer.

Source: vLLM 0.33's `openpangu.py`. Its published models have trained keys, and values, in every layer before those of
the tokens, which is a gap; with them, heads of keys and of values are of two sizes, and keys are normalised.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import attention, mixture_of_experts, mlp
from llmsim_adapters.dialects.assembly.decoder import decoder, next_token_stack, prediction_modules
from llmsim_adapters.dialects.assembly.layouts import pre_norm, sandwich_norm
from llmsim_adapters.dialects.assembly.patterns import dense_first
from llmsim_adapters.dialects.types import pangu_ultra_moe
from llmsim_adapters.spec.components import Norm

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.components import Attention
    from llmsim_adapters.spec.model import ModelSpec

_OF_SINKS = ("param_sink_with_value", "qk_nope_dim", "qk_rope_dim", "v_channels")


def read(r: Reader) -> ModelSpec:
    mixer = _attention(r)
    corrected = r.flag("router_enable_expert_bias")
    experts = mixture_of_experts(r, score_correction_bias="buffer" if corrected else None)
    layout = sandwich_norm if r.flag("sandwich_norm") else pre_norm
    mtp = next_token_stack(r, prediction_modules(r), mixer, experts, layout=layout)
    bias = r.flag("mlp_bias")
    networks = dense_first(r, lambda: mlp(r, bias=bias), experts, elsewhere=mtp is not None)
    return decoder(r, mixer, networks, layout=layout, mtp=mtp)


def _attention(r: Reader) -> Attention:
    biased = r.flag("attention_bias")
    bias = r.flag("qkv_bias") if r.has("qkv_bias") else biased
    if not r.count("param_sink_number"):
        r.no_effect(_OF_SINKS, "no layer has trained keys")
        return attention(r, bias=bias, o_bias=biased)
    r.not_modelled("trained_keys")
    r.flag("param_sink_with_value")
    size = r.derive("head_dim", r.size("qk_nope_dim") + r.size("qk_rope_dim"))
    base = attention(r, bias=bias, o_bias=biased)
    return replace(base, value_head_dim=r.size("v_channels"), k_norm=Norm(size))


DIALECT = pangu_ultra_moe.DIALECT.like(
    "pangu_pro_moe_v2",
    read=read,
    classes=("PanguProMoEV2ForCausalLM",),
    head_dim=None,
    num_key_value_heads=None,
    qkv_bias=False,
    param_sink_number=0,
    param_sink_with_value=False,
)
