"""GigaChat 3.5: gated delta nets, gated latent attention in some layers, norms with gates before and after each mixer.

Source: SGLang's `GigaChat35Config` and class.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from llmsim_adapters.dialects.assembly.components import latent_attention, mixture_of_experts, mlp
from llmsim_adapters.dialects.assembly.decoder import FULL, decoder, layers, next_token_stack, prediction_modules
from llmsim_adapters.dialects.assembly.layouts import post_norm, pre_norm, sandwich_norm
from llmsim_adapters.dialects.assembly.linear_attention import LATENT_PARAMETERS, gated_delta_net, linear_or_full
from llmsim_adapters.dialects.assembly.options import gated
from llmsim_adapters.dialects.assembly.patterns import dense_first
from llmsim_adapters.dialects.types import deepseek_v3
from llmsim_adapters.spec.components import NextTokenInput, Norm
from llmsim_adapters.spec.model import Sublayer

if TYPE_CHECKING:
    from llmsim_adapters.dialects.assembly.layouts import Layout
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.components import Component, LatentAttention, MixtureOfExperts
    from llmsim_adapters.spec.model import ModelSpec, Stack

_GATE_RANK: Final = 16
"""The width of the gate of norms: fixed in the code."""

_ATTENTION: Final = (*LATENT_PARAMETERS, "gated_attention", "head_dim", "num_attention_heads")
_GATED: Final = ("ZeroCenteredGatedNorm", "GatedNorm")
_LAYOUTS: Final = {"pre": pre_norm, "post": post_norm, "pre_post": sandwich_norm}


def read(r: Reader) -> ModelSpec:
    r.only("use_shared_expert_sigmoid", False)
    kind = r.word("norm_type", (*_GATED, "LlamaRMSNorm", "ZeroCenteredRMSNorm"))
    rank = r.constant("norm_gate_rank", _GATE_RANK, "fixed in the code") if kind in _GATED else 0
    norm = Norm(r.size("hidden_size"), gate_rank=rank)
    layout = _LAYOUTS[r.word("layernorm_type", tuple(_LAYOUTS)) or "pre"]
    listed = r.indices("full_attention_layers") or frozenset()
    mixers = linear_or_full(
        r,
        lambda: gated_delta_net(r),
        lambda: _latent(r, rank),
        lambda: [i in listed for i in range(layers(r))],
        full_parameters=() if prediction_modules(r) else _ATTENTION,
        names=(FULL, "attention"),
    )
    experts = mixture_of_experts(r, score_correction_bias="buffer")
    networks = dense_first(r, lambda: mlp(r), experts, elsewhere=prediction_modules(r) > 0)
    return decoder(r, mixers, networks, norm=norm, layout=layout, mtp=_next_tokens(r, norm, layout, experts))


def _latent(r: Reader, rank: int) -> LatentAttention:
    r.no_effect(("head_dim",), "the type computes it from qk_nope_head_dim and qk_rope_head_dim")
    base = replace(latent_attention(r, bias=r.flag("attention_bias")), norm_gate_rank=rank)
    return gated(base) if r.flag("gated_attention") else base


def _next_tokens(r: Reader, norm: Norm, layout: Layout, experts: MixtureOfExperts) -> Stack | None:
    """Read the prediction modules: latent attention, and a dense network unless `nextn_is_sparse`."""
    count = prediction_modules(r)
    if not count:
        r.no_effect(("nextn_is_sparse",), "there is no multi-token prediction")
        return None
    network: Component = experts if r.flag("nextn_is_sparse") else mlp(r)
    stack = next_token_stack(r, count)
    assert stack is not None
    (block,) = stack.blocks
    _, predict = block.sublayers
    join = NextTokenInput(hidden_size=norm.size, norm_gate_rank=norm.gate_rank)
    middle = layout(_latent(r, norm.gate_rank), network, norm)
    parts = (Sublayer((join,), skip=False), *middle, replace(predict, pre_norms=(norm,)))
    return replace(stack, blocks=(replace(block, sublayers=parts),))


DIALECT = deepseek_v3.DIALECT.like(
    "gigachat3_5",
    read=read,
    classes=("GigaChat35ForCausalLM", "GigaChat35ForCausalLMNextN"),
    costless={
        "layernorm_gating_weight": "a factor: elementwise",
        "linear_attention_type": "the name of the gated delta net's class",
        "linear_num_key_heads_cpu": "repeats linear_num_key_heads",
        "linear_num_value_heads_cpu": "repeats linear_num_value_heads",
        "linear_gating_type": "where a gain is centred: elementwise",
        "linear_sigmoid_gate_scale": "a factor: elementwise",
        "output_gate_type": "the activation of a gate: elementwise",
        "swiglu_limit": "a bound of activations: elementwise",
        "use_mla_scaling_factor": "a factor: elementwise",
    },
    vocab_size=128256,
    hidden_size=1280,
    intermediate_size=896,
    moe_intermediate_size=896,
    num_hidden_layers=12,
    num_attention_heads=16,
    num_key_value_heads=16,
    num_experts=64,
    num_experts_per_tok=6,
    num_shared_experts=2,
    first_k_dense_replace=1,
    num_nextn_predict_layers=0,
    linear_num_key_heads=8,
    linear_num_value_heads=16,
    linear_key_head_dim=128,
    linear_value_head_dim=128,
    linear_conv_kernel_dim=4,
    norm_type="ZeroCenteredGatedNorm",
    layernorm_type="pre_post",
    gated_attention=True,
    nextn_is_sparse=False,
    use_shared_expert_sigmoid=False,
    full_attention_layers=None,
)
