"""Features of feed-forward networks and mixtures."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from llmsim_adapters.spec.components import MLP, MixtureOfExperts
from llmsim_adapters.spec.features.feature import ELEMENTWISE, Feature

FEATURES: Final[tuple[Feature[Any], ...]] = (
    Feature(
        "activation",
        "an activation other than SiLU",
        MLP,
        lambda m: m.activation != "silu",
        lambda m: replace(m, activation="silu"),
        costless=ELEMENTWISE,
    ),
    Feature(
        "expert_activation",
        "experts with an activation other than SiLU",
        MixtureOfExperts,
        lambda m: m.activation != "silu",
        lambda m: replace(m, activation="silu"),
        costless=ELEMENTWISE,
    ),
    Feature(
        "mlp_bias",
        "biases of the feed-forward projections",
        MLP,
        lambda m: m.bias,
        lambda m: replace(m, bias=False),
    ),
    Feature(
        "plain_mlp",
        "feed-forward network without a gate",
        MLP,
        lambda m: not m.gated,
        lambda m: replace(m, gated=True),
    ),
    Feature(
        "shared_experts",
        "experts that run on every token",
        MixtureOfExperts,
        lambda m: m.shared is not None,
        lambda m: replace(m, shared=None),
    ),
    Feature(
        "score_correction_bias",
        "one number per expert that steers the routing",
        MixtureOfExperts,
        lambda m: m.score_correction_bias is not None,
        lambda m: replace(m, score_correction_bias=None),
    ),
    Feature(
        "mlp_norm",
        "normalisation inside the feed-forward network",
        MLP,
        lambda m: m.inner_norm is not None,
        lambda m: replace(m, inner_norm=None),
    ),
    Feature(
        "trained_activation",
        "an activation with trained numbers",
        MLP,
        lambda m: bool(m.activation_parameters),
        lambda m: replace(m, activation_parameters=0),
    ),
    Feature(
        "router_bias",
        "bias of the router",
        MixtureOfExperts,
        lambda m: m.router_bias,
        lambda m: replace(m, router_bias=False),
    ),
    Feature(
        "expert_bias",
        "biases of the experts",
        MixtureOfExperts,
        lambda m: m.expert_bias,
        lambda m: replace(m, expert_bias=False),
    ),
    Feature(
        "plain_experts",
        "experts without a gate",
        MixtureOfExperts,
        lambda m: not m.gated,
        lambda m: replace(m, gated=True),
    ),
    Feature(
        "shared_expert_gate",
        "a gate on the result of the shared experts",
        MixtureOfExperts,
        lambda m: m.shared_gate,
        lambda m: replace(m, shared_gate=False),
    ),
)
