"""Laguna: gated attention, each layer's own number of heads, a first dense layer. Source: `LagunaConfig`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import activation, mixture_of_experts, mlp
from llmsim_adapters.dialects.assembly.decoder import decoder, layers, windowed
from llmsim_adapters.dialects.assembly.options import gated
from llmsim_adapters.dialects.assembly.patterns import each_layer, experts_where, mlp_layer_types
from llmsim_adapters.dialects.reading.limits import LARGEST
from llmsim_adapters.dialects.types import qwen3, qwen3_moe
from llmsim_adapters.spec.components import MLP, MixtureOfExperts

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.components import Attention
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    r.only("moe_apply_router_weight_on_input", False)
    count = layers(r)
    mixers = windowed(r, qwen3.normed_attention(r), [False] * count)
    is_sparse = mlp_layer_types(r, lambda: [i > 0 for i in range(count)])
    return decoder(r, _with_heads_and_gate(r, mixers), experts_where(r, is_sparse, lambda: mlp(r), lambda: experts(r)))


def experts(r: Reader) -> MixtureOfExperts:
    """Read the experts, and the one beside them of a size of its own."""
    width = r.size("shared_expert_intermediate_size")
    shared = MLP(hidden_size=r.size("hidden_size"), intermediate_size=width, activation=activation(r))
    return replace(mixture_of_experts(r, score_correction_bias="parameter"), shared=shared)


def _with_heads_and_gate(r: Reader, mixers: Attention | list[Attention]) -> list[Attention]:
    """Give each layer its number of query heads, and a gate value for each head or for each of its results."""
    count, usual = layers(r), r.size("num_attention_heads")
    said = r.integers("num_attention_heads_per_layer", count, most=LARGEST["num_attention_heads"])
    gating = r.raw.get("gating", True)
    if gating.__class__ is bool:
        per_head = r.flag("gating")
    else:
        per_head = r.text("gating") == "per-head"
        r.check("gating", gating in ("per-head", "per-element"), "expected a boolean, 'per-head' or 'per-element'")
    given = each_layer(mixers, count)
    per_layer = said or [int(usual)] * count
    named = {int(usual): usual}
    for i, heads in enumerate(per_layer):
        if heads not in named:
            named[heads] = r.derive(f"num_attention_heads_of_layer_{i}", heads)
    made: dict[tuple[int, int], Attention] = {}
    for base, heads in zip(given, per_layer, strict=True):
        if (id(base), heads) not in made:
            made[id(base), heads] = gated(replace(base, num_attention_heads=named[heads]), per_head=per_head)
    return [made[id(base), heads] for base, heads in zip(given, per_layer, strict=True)]


DIALECT = qwen3_moe.DIALECT.like(
    "laguna",
    read=read,
    costless=dict.fromkeys(
        ("moe_routed_scaling_factor", "moe_router_logit_softcapping"), "how experts are chosen and weighted"
    ),
    vocab_size=100352,
    intermediate_size=8192,
    num_hidden_layers=40,
    num_attention_heads=48,
    num_key_value_heads=8,
    head_dim=128,
    sliding_window=512,
    num_experts=256,
    moe_intermediate_size=512,
    shared_expert_intermediate_size=512,
    gating=True,
    moe_apply_router_weight_on_input=False,
)
