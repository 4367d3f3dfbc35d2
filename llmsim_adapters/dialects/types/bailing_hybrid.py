"""Ling 3.0: Kimi's delta attention with direct gates; gated latent attention in some layers. `BailingHybridConfig`.

The class writes `linear_…` keys beside those that it declares; where they are, `head_dim` means something else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import latent_attention, mlp
from llmsim_adapters.dialects.assembly.decoder import decoder, next_token_stack
from llmsim_adapters.dialects.assembly.linear_attention import (
    LATENT_PARAMETERS,
    kimi_delta_attention,
    last_of_every,
    linear_or_full,
    untied,
)
from llmsim_adapters.dialects.assembly.options import gated
from llmsim_adapters.dialects.assembly.patterns import after_dense, experts_where, mlp_layer_types
from llmsim_adapters.dialects.types import kimi_linear
from llmsim_adapters.dialects.types.kimi_linear import experts

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.components import KimiDeltaAttention, LatentAttention
    from llmsim_adapters.spec.model import ModelSpec


def _linear(r: Reader) -> KimiDeltaAttention:
    if not r.has("linear_num_heads"):
        r.derive("linear_num_heads", r.size("num_attention_heads"))
    for name, declared in (("linear_head_dim", "head_dim"), ("linear_conv_kernel_dim", "short_conv_kernel_size")):
        if r.has(name):
            r.no_effect((declared,), f"{name} says it")
        else:
            r.derive(name, r.size(declared))
    return kimi_delta_attention(r)


def _latent(r: Reader) -> LatentAttention:
    base = latent_attention(r, bias=r.flag("attention_bias"))
    return gated(base, per_head=True)


def read(r: Reader) -> ModelSpec:
    count = r.count("num_nextn_predict_layers")
    mixers = linear_or_full(
        r,
        lambda: _linear(r),
        lambda: _latent(r),
        lambda: last_of_every(r, "layer_group_size"),
        linear_parameters=("linear_num_heads", "linear_head_dim", "linear_conv_kernel_dim", "short_conv_kernel_size"),
        full_parameters=() if count else LATENT_PARAMETERS,
    )
    is_sparse = mlp_layer_types(r, lambda: after_dense(r))
    networks = experts_where(r, is_sparse, lambda: mlp(r), lambda: experts(r), elsewhere=count > 0)
    mtp = next_token_stack(r, count, _latent(r), experts(r)) if count else None
    return untied(r, decoder(r, mixers, networks, mtp=mtp))


DIALECT = kimi_linear.DIALECT.like(
    "bailing_hybrid",
    read=read,
    costless={
        "kda_lower_bound": "a bound of the decays: elementwise",
        "kda_safe_gate": "a bound of the decays: elementwise",
        "mtp_loss_scaling_factor": "training only",
    },
    vocab_size=157184,
    hidden_size=2560,
    intermediate_size=6144,
    moe_intermediate_size=768,
    num_hidden_layers=42,
    head_dim=128,
    num_experts=512,
    first_k_dense_replace=2,
    num_nextn_predict_layers=1,
    layer_group_size=6,
    short_conv_kernel_size=4,
)
