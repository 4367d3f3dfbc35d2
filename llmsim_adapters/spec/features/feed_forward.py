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
        "router correction bias, a persistent buffer",
        MixtureOfExperts,
        lambda m: m.score_correction_bias,
        lambda m: replace(m, score_correction_bias=False),
    ),
)
