"""Kimi Linear: delta attention, with latent attention without positions in some layers. Source: `KimiLinearConfig`.

Published configs say heads and layers of the delta attention in `linear_attn_config`, with layers counted from 1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import latent_attention, mixture_of_experts, mlp
from llmsim_adapters.dialects.assembly.decoder import decoder, layers
from llmsim_adapters.dialects.assembly.linear_attention import (
    LATENT_PARAMETERS,
    kimi_delta_attention,
    linear_or_full,
    untied,
)
from llmsim_adapters.dialects.assembly.patterns import after_dense_every, experts_where, mlp_layer_types
from llmsim_adapters.dialects.reading.limits import LARGEST
from llmsim_adapters.dialects.types import deepseek_v3

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.components import Component, KimiDeltaAttention, MixtureOfExperts
    from llmsim_adapters.spec.model import ModelSpec

_PUBLISHED = {
    "linear_num_heads": "num_heads",
    "linear_head_dim": "head_dim",
    "linear_conv_kernel_dim": "short_conv_kernel_size",
}


def _mixers(r: Reader) -> Component | list[Component]:
    inner = r.nested("linear_attn_config")

    def linear() -> KimiDeltaAttention:
        for name, key in _PUBLISHED.items():
            if inner is not None and inner.has(key):
                r.overruled(name, inner.said(key), f"linear_attn_config.{key}")
                r.derive(name, inner.size(key))
        return kimi_delta_attention(r, low_rank=True)

    return linear_or_full(
        r,
        linear,
        lambda: latent_attention(r, bias=r.flag("attention_bias")),
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
    """Read DeepSeek-V3's experts."""
    return mixture_of_experts(r, score_correction_bias="buffer")


def read(r: Reader) -> ModelSpec:
    if r.count("num_nextn_predict_layers"):
        r.not_modelled("multi_token_prediction")
    is_sparse = mlp_layer_types(r, lambda: after_dense_every(r))
    networks = experts_where(r, is_sparse, lambda: mlp(r), lambda: experts(r))
    return untied(r, decoder(r, _mixers(r), networks))


DIALECT = deepseek_v3.DIALECT.like(
    "kimi_linear",
    read=read,
    costless={
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
    num_nextn_predict_layers=0,
    linear_num_heads=32,
    linear_head_dim=128,
    linear_conv_kernel_dim=4,
)
