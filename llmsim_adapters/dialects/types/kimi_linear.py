"""Kimi Linear: delta attention, with latent attention without positions in some layers. Source: `KimiLinearConfig`.

Published configs say heads and layers of the delta attention in `linear_attn_config`, with layers counted from 1. Kimi
K3's have gates of full rank, experts on a latent, and attention over the layers before in place of sums (SGLang's
`kimi_k3.py`).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import latent_attention, mixture_of_experts, mlp
from llmsim_adapters.dialects.assembly.decoder import decoder, layers
from llmsim_adapters.dialects.assembly.layers import with_attention_residuals
from llmsim_adapters.dialects.assembly.linear_attention import (
    LATENT_PARAMETERS,
    kimi_delta_attention,
    linear_or_full,
    untied,
)
from llmsim_adapters.dialects.assembly.options import gated
from llmsim_adapters.dialects.assembly.patterns import after_dense_every, experts_where, mlp_layer_types
from llmsim_adapters.dialects.reading.limits import LARGEST
from llmsim_adapters.dialects.types import deepseek_v3
from llmsim_adapters.spec.components import Norm

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.components import Component, KimiDeltaAttention, LatentAttention, MixtureOfExperts
    from llmsim_adapters.spec.model import ModelSpec

_PUBLISHED = {
    "linear_num_heads": "num_heads",
    "linear_head_dim": "head_dim",
    "linear_conv_kernel_dim": "short_conv_kernel_size",
}


def _mixers(r: Reader) -> Component | list[Component]:
    inner = r.nested("linear_attn_config")
    full_gate = inner is not None and inner.flag("use_full_rank_gate")

    def linear() -> KimiDeltaAttention:
        for name, key in _PUBLISHED.items():
            if inner is not None and inner.has(key):
                r.overruled(name, inner.said(key), f"linear_attn_config.{key}")
                r.derive(name, inner.size(key))
        mixer = kimi_delta_attention(r, low_rank=True)
        return replace(mixer, gate_rank=None) if full_gate else mixer

    def full() -> LatentAttention:
        mixer = latent_attention(r, bias=r.flag("attention_bias"))
        return gated(mixer) if r.flag("mla_use_output_gate") else mixer

    return linear_or_full(
        r,
        linear,
        full,
        lambda: _attends(r, inner),
        linear_parameters=tuple(_PUBLISHED),
        full_parameters=("num_attention_heads", "head_dim", *LATENT_PARAMETERS),
    )


def _attends(r: Reader, inner: Reader | None) -> list[bool]:
    """Every fourth layer after the first attends, unless both of the published lists say which ones do."""
    count = layers(r)
    if inner is None or not (inner.has("full_attn_layers") and inner.has("kda_layers")):
        return [i > 0 and i % 4 == 0 for i in range(count)]
    most = LARGEST["num_hidden_layers"]
    full, linear = (inner.integers(name, most=most) or () for name in ("full_attn_layers", "kda_layers"))
    if {*full, *linear} != set(range(1, count + 1)) or len(full) + len(linear) != count:
        inner.refuse("full_attn_layers", list(full), "with kda_layers each layer from 1 once")
    return [i + 1 in full for i in range(count)]


def experts(r: Reader) -> MixtureOfExperts:
    """Read DeepSeek-V3's experts, on a latent where the config names its size."""
    mixture = mixture_of_experts(r, score_correction_bias="buffer")
    latent = r.optional_size("moe_latent_size")
    if latent is None:
        r.no_effect(("latent_moe_use_norm",), "no experts work on a latent")
        return mixture
    norm = Norm(latent) if r.flag("latent_moe_use_norm") else None
    return replace(mixture, latent_size=latent, latent_norm=norm)


def read(r: Reader) -> ModelSpec:
    if r.count("num_nextn_predict_layers"):
        r.not_modelled("multi_token_prediction")
    is_sparse = mlp_layer_types(r, lambda: after_dense_every(r))
    networks = experts_where(r, is_sparse, lambda: mlp(r), lambda: experts(r))
    spec = untied(r, decoder(r, _mixers(r), networks))
    size = r.optional_size("attn_res_block_size")
    return spec if size is None else with_attention_residuals(spec, r, size)


DIALECT = deepseek_v3.DIALECT.like(
    "kimi_linear",
    read=read,
    classes=("KimiK3LinearForCausalLM",),
    aliases={"routed_expert_hidden_size": "moe_latent_size"},
    costless={
        **dict.fromkeys(
            ("activation_situ_beta", "activation_situ_linear_beta"), "a constant of the activation: elementwise"
        ),
        "gate_lower_bound": "a bound: elementwise",
        "mla_use_nope": "latent attention without rotary embedding: elementwise",
        "moe_renormalize": "how experts are weighted",
        "moe_router_activation_func": "how experts are weighted",
        "use_grouped_topk": "how experts are chosen",
    },
    vocab_size=163840,
    hidden_size=2304,
    intermediate_size=9216,
    num_hidden_layers=27,
    num_attention_heads=32,
    num_key_value_heads=32,
    moe_intermediate_size=1024,
    q_lora_rank=None,
    first_k_dense_replace=1,
    moe_latent_size=None,
    attn_res_block_size=None,
    num_nextn_predict_layers=0,
    linear_num_heads=32,
    linear_head_dim=128,
    linear_conv_kernel_dim=4,
)
