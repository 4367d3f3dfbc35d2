"""Ling 3 by SGLang's class: Kimi's delta attention; latent or grouped-query attention in some layers, gated on demand.

Source: SGLang's `BailingHybridConfig` and `bailing_moe_v3.py`. Such configs say that they are a `bailing_hybrid`, whose
class in transformers has gates in all of its latent attention and no such keys.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from llmsim_adapters.dialects.assembly.components import mlp
from llmsim_adapters.dialects.assembly.decoder import layers, prediction_modules
from llmsim_adapters.dialects.assembly.linear_attention import LATENT_PARAMETERS, delta_rule_chunk, last_of_every
from llmsim_adapters.dialects.assembly.options import gated
from llmsim_adapters.dialects.assembly.patterns import layer_flags
from llmsim_adapters.dialects.types import bailing_moe_v2_5
from llmsim_adapters.spec.components import KimiDeltaAttention, LatentAttention

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.components import Component, MixtureOfExperts
    from llmsim_adapters.spec.model import ModelSpec

_GATE: Final = "gated_attention_proj_granularity_type"


def read(r: Reader) -> ModelSpec:
    r.only("multi_gate", False)
    r.no_effect(("router_type",), "the class has one router")
    attends, modules = _attends(r), prediction_modules(r)
    mixers: dict[bool, Component] = {}
    if not all(attends):
        mixers[False] = _delta_attention(r)
    if any(attends) or modules:
        mixers[True] = _full(r)
    else:
        r.no_effect((*LATENT_PARAMETERS, "full_attention_type", _GATE), "no layer attends to all tokens")
    r.no_effect(("short_conv_kernel_size", "no_kda_lora"), "no layer has linear attention")
    r.no_effect(("use_bias", "qkv_bias", "qk_norm"), "no layer has grouped-query attention")
    return bailing_moe_v2_5.of_mixers(r, mixers, attends, _experts(r), modules)


def _attends(r: Reader) -> list[bool]:
    """Read which layers attend to all tokens: every so many-th, or those that a list does not mark with 1."""
    if r.is_list("layer_group_size"):
        linear = layer_flags(r, "layer_group_size") or [False] * layers(r)
        return [not flag for flag in linear]
    return last_of_every(r, "layer_group_size")


def _delta_attention(r: Reader) -> KimiDeltaAttention:
    width = r.size("head_dim")
    if r.optional_size("v_head_dim") not in (None, width):
        r.not_modelled("linear_attention_of_other_values")  # SGLang's class has them in some layouts only
    rank = None if r.flag("no_kda_lora") else width
    return KimiDeltaAttention(
        hidden_size=r.size("hidden_size"),
        num_heads=r.size("num_attention_heads"),
        head_dim=width,
        conv_kernel=r.size("short_conv_kernel_size"),
        chunk_size=delta_rule_chunk(r),
        decay_rank=rank,
        gate_rank=rank,
    )


def _full(r: Reader) -> Component:
    base = bailing_moe_v2_5.full_attention(r)
    if not isinstance(base, LatentAttention):
        r.no_effect((_GATE,), "grouped-query attention has no gate")
        return base
    gate = r.word(_GATE, ("head_wise", "element_wise"))
    return base if gate is None else gated(base, per_head=gate == "head_wise")


def _experts(r: Reader) -> MixtureOfExperts:
    experts = bailing_moe_v2_5.experts(r)
    if not r.has("shared_expert_intermediate_size"):
        return experts
    return replace(experts, shared=mlp(r, width=r.size("shared_expert_intermediate_size")))  # of all together


DIALECT = bailing_moe_v2_5.DIALECT.like(
    "bailing_moe_v3",
    read=read,
    classes=("BailingMoeV3ForCausalLM",),
    aliases={"moe_shared_expert_intermediate_size": "shared_expert_intermediate_size"},
    costless={
        **dict.fromkeys(("expert_swiglu_limit_list", "share_expert_swiglu_limit_list"), "bounds: elementwise"),
        "group_norm_size": "of lightning attention, which no layer has",
        "kda_lower_bound": "a bound of the decays: elementwise",
        "kda_safe_gate": "a bound of the decays: elementwise",
        "num_linear_key_value_heads": "of lightning attention, which no layer has",
        "use_kda": "whether short_conv_kernel_size is said",
    },
    short_conv_kernel_size=None,
    no_kda_lora=False,
    shared_expert_intermediate_size=None,
    gated_attention_proj_granularity_type=None,
)
