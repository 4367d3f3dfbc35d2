"""Ling 2.5: lightning attention, latent or grouped-query attention in every n-th layer, experts after dense layers.

Source: SGLang's `BailingHybridConfig` and `bailing_moe_linear.py`. Such configs say that they are a `bailing_hybrid`,
of which Ling 3.0 is another class. Prediction modules attend as every n-th layer does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from llmsim_adapters.dialects.assembly.components import attention, latent_attention, mixture_of_experts, mlp
from llmsim_adapters.dialects.assembly.decoder import decoder, next_token_stack, prediction_modules
from llmsim_adapters.dialects.assembly.linear_attention import LATENT_PARAMETERS, last_of_every, lightning_block
from llmsim_adapters.dialects.assembly.patterns import dense_first
from llmsim_adapters.dialects.types import bailing_moe
from llmsim_adapters.spec.components import LightningAttention

if TYPE_CHECKING:
    from collections.abc import Mapping

    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.components import Component, MixtureOfExperts
    from llmsim_adapters.spec.model import ModelSpec

_LATENT: Final = "mla"


def read(r: Reader) -> ModelSpec:
    r.only("multi_gate", False)
    r.no_effect(("router_type",), "the class has one router")
    attends, modules = _attends(r), prediction_modules(r)
    mixers: dict[bool, Component] = {}
    if not all(attends):
        mixers[False] = _lightning(r)
    else:
        r.no_effect(("group_norm_size", "num_linear_key_value_heads"), "no layer has lightning attention")
    if any(attends) or modules:
        mixers[True] = full_attention(r)
    else:
        r.no_effect((*LATENT_PARAMETERS, "full_attention_type"), "every layer has lightning attention")
    r.no_effect(("use_bias", "qkv_bias", "qk_norm"), "latent attention has none")
    return of_mixers(r, mixers, attends, experts(r), modules)


def experts(r: Reader) -> MixtureOfExperts:
    """Read the experts, whose scores may be corrected by what is no weight."""
    corrected = r.flag("moe_router_enable_expert_bias")
    return mixture_of_experts(r, score_correction_bias="buffer" if corrected else None)


def of_mixers(
    r: Reader, mixers: Mapping[bool, Component], attends: list[bool], experts: MixtureOfExperts, modules: int
) -> ModelSpec:
    """Return the decoder of which some layers attend to all tokens; so do its prediction modules."""
    networks = dense_first(r, lambda: mlp(r), experts)
    mtp = next_token_stack(r, modules, mixers[True], experts) if modules else None
    return decoder(r, [mixers[flag] for flag in attends], networks, mtp=mtp)


def _attends(r: Reader) -> list[bool]:
    """Read which layers attend to all tokens: every so many-th; SGLang's class asks for whole groups of them."""
    attends, period = last_of_every(r, "layer_group_size"), r.size("layer_group_size")
    fits = len(attends) % period == 0
    r.check("layer_group_size", fits, lambda: f"is {int(period)}, which does not divide the {len(attends)} layers")
    return attends


def _lightning(r: Reader) -> LightningAttention:
    hidden, heads = r.size("hidden_size"), r.size("num_attention_heads")
    r.agree("num_linear_key_value_heads", heads, "num_attention_heads: each head has its own keys and values")
    width, groups = r.size_or("head_dim", lambda: hidden // heads), r.size("group_norm_size")
    r.check(
        "group_norm_size", heads * width % groups == 0, lambda: f"is {int(groups)}, which does not divide the results"
    )
    outer = r.flag("use_bias")
    return LightningAttention(
        hidden_size=hidden,
        num_heads=heads,
        head_dim=width,
        block_size=lightning_block(r),
        qkv_bias=outer or r.flag("qkv_bias"),
        o_bias=outer,
        qk_norm=r.flag("qk_norm"),
        norm_groups=groups,
        tables=False,
    )


def full_attention(r: Reader) -> Component:
    """Read latent attention, or grouped-query attention where the config asks for it."""
    if r.word("full_attention_type", (_LATENT, "gqa")) == _LATENT:
        return latent_attention(r, counts_kv_heads=False)
    r.no_effect(LATENT_PARAMETERS, "no layer has latent attention")
    outer = r.flag("use_bias")
    return attention(r, bias=outer or r.flag("qkv_bias"), o_bias=outer, qk_norm=r.flag("qk_norm"))


DIALECT = bailing_moe.DIALECT.like(
    "bailing_moe_v2_5",
    read=read,
    classes=("BailingMoeV2_5ForCausalLM",),
    costless={
        "for_nextn_model": "says whether SGLang reads the config for a prediction module",
        "linear_backend": "how one kernel is executed",
        "linear_rope": "rotation is elementwise",
        "linear_silu": "an activation: elementwise",
        "mtp_loss_scaling_factor": "training only",
        "rope_interleave": "rotation is elementwise",
        "use_linear_silu": "an activation: elementwise",
        "use_mla_nope": "latent attention without rotary embedding: elementwise",
        "kda_lower_bound": "of Kimi's delta attention, which no layer has",
        "kda_safe_gate": "of Kimi's delta attention, which no layer has",
        "no_kda_lora": "of Kimi's delta attention, which no layer has",
        "short_conv_kernel_size": "of Kimi's delta attention, which no layer has",
        "use_kda": "of Kimi's delta attention, which no layer has",
    },
    vocab_size=157184,
    hidden_size=2048,
    intermediate_size=5120,
    moe_intermediate_size=512,
    num_hidden_layers=20,
    num_attention_heads=16,
    num_key_value_heads=4,
    head_dim=128,
    num_experts=256,
    num_experts_per_tok=8,
    num_shared_experts=1,
    first_k_dense_replace=1,
    num_nextn_predict_layers=0,
    layer_group_size=1,
    group_norm_size=1,
    num_linear_key_value_heads=None,
    full_attention_type=_LATENT,
    qk_norm=True,
    kv_lora_rank=512,
    q_lora_rank=None,
    qk_rope_head_dim=64,
    qk_nope_head_dim=128,
    v_head_dim=128,
    tie_word_embeddings=False,
)
