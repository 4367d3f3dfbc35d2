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
        "mlp_output_bias",
        "a bias of the last projection of dense feed-forward networks alone",
        MLP,
        lambda m: m.output_bias and not m.bias,
        lambda m: replace(m, output_bias=False),
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
        "mlp_factors",
        "a trained factor for each channel inside the feed-forward network",
        MLP,
        lambda m: m.factors,
        lambda m: replace(m, factors=False),
    ),
    Feature(
        "trained_activation",
        "an activation with numbers of its own, trained ones or constants",
        MLP,
        lambda m: bool(m.activation_parameters or m.activation_constants),
        lambda m: replace(m, activation_parameters=0, activation_constants=0),
    ),
    Feature(
        "router_norm",
        "normalisation of what the router gets",
        MixtureOfExperts,
        lambda m: m.router_norm is not None,
        lambda m: replace(m, router_norm=None),
    ),
    Feature(
        "identity_experts",
        "experts without weights, which leave a token as it is",
        MixtureOfExperts,
        lambda m: bool(m.identity_experts),
        lambda m: replace(m, identity_experts=0),
    ),
    Feature(
        "router_network",
        "a router of several layers",
        MixtureOfExperts,
        lambda m: bool(m.router_size),
        lambda m: replace(m, router_size=0, router_carries=False),
    ),
    Feature(
        "scored_shared_experts",
        "shared experts that the router weighs",
        MixtureOfExperts,
        lambda m: bool(m.scored_shared_experts),
        lambda m: replace(m, scored_shared_experts=0),
    ),
    Feature(
        "token_table",
        "a stored table of the experts that each token id goes to",
        MixtureOfExperts,
        lambda m: bool(m.token_table),
        lambda m: replace(m, token_table=0),
    ),
    Feature(
        "expert_scales",
        "a trained factor for each expert's result",
        MixtureOfExperts,
        lambda m: m.expert_scales,
        lambda m: replace(m, expert_scales=False),
    ),
    Feature(
        "media_routers",
        "routers of their own for tokens of pictures and of sound",
        MixtureOfExperts,
        lambda m: m.media_routers > 0,
        lambda m: replace(m, media_routers=0),
    ),
    Feature(
        "router_bias",
        "bias of the router",
        MixtureOfExperts,
        lambda m: m.router_bias,
        lambda m: replace(m, router_bias=False),
    ),
    Feature(
        "experts_output_bias",
        "one bias for the sum of the experts' results",
        MixtureOfExperts,
        lambda m: m.output_bias,
        lambda m: replace(m, output_bias=False),
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
    Feature(
        "latent_experts",
        "experts that work on a projection of the hidden states",
        MixtureOfExperts,
        lambda m: m.latent_size is not None,
        lambda m: replace(m, latent_size=None),
    ),
    Feature(
        "shared_expert_banks",
        "banks of routed experts that several layers share",
        MixtureOfExperts,
        lambda m: m.routed_sets is not None,
        lambda m: replace(m, routed_sets=None),
    ),
    Feature(
        "latent_experts_norm",
        "a norm of the sum of the results of experts that work on a projection",
        MixtureOfExperts,
        lambda m: m.latent_norm is not None,
        lambda m: replace(m, latent_norm=None),
    ),
)
