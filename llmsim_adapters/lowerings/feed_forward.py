"""The lowerings of feed-forward networks and of mixtures of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.traced import minimum

if TYPE_CHECKING:
    from llmsim_adapters.lowerings.site import Site
    from llmsim_adapters.spec.components import MLP, MixtureOfExperts


def lower_mlp(mlp: MLP, site: Site) -> None:
    hidden, intermediate = mlp.hidden_size, mlp.intermediate_size
    if mlp.gated:
        site.linear("gate_proj", hidden, intermediate, "column", bias=mlp.bias)
    site.linear("up_proj", hidden, intermediate, "column", bias=mlp.bias)
    if mlp.activation_parameters:
        site.weight("activation", (mlp.activation_parameters,), "replicated")
    if mlp.inner_norm is not None:
        site.norm("inner_norm", mlp.inner_norm)
    site.linear("down_proj", intermediate, hidden, "row", bias=mlp.bias)


def lower_mixture_of_experts(moe: MixtureOfExperts, site: Site) -> None:
    """A mixture: the router on every token, each expert on the tokens routed to it.

    The rows of all experts together are tokens · num_experts_per_tok; no more experts are read than have rows.
    """
    hidden, experts, width = moe.hidden_size, moe.num_experts, moe.moe_intermediate_size
    site.linear("router", hidden, experts, "replicated", bias=moe.router_bias, quantized=False)
    if moe.score_correction_bias is not None:
        site.weight("score_correction_bias", (experts,), "replicated", moe.score_correction_bias, "float32")
    rows = site.step.tokens * moe.num_experts_per_tok
    read = minimum(experts, rows)
    up = 2 * width if moe.gated else width
    dtype = site.matrix("experts.gate_up_proj" if moe.gated else "experts.up_proj", (experts, up, hidden), "experts")
    site.product("experts.up", rows, up, hidden, read * up * hidden, dtype)
    dtype = site.matrix("experts.down_proj", (experts, hidden, width), "experts")
    site.product("experts.down", rows, hidden, width, read * hidden * width, dtype)
    if moe.expert_bias:
        site.weight("experts.up_proj.bias", (experts, up), "experts")
        site.weight("experts.down_proj.bias", (experts, hidden), "experts")
    site.route(experts, moe.num_experts_per_tok)
    if moe.shared is not None:
        site.lower(moe.shared, "shared_experts")
    if moe.shared_gate:
        site.linear("shared_expert_gate", hidden, 1, "replicated", quantized=False)
