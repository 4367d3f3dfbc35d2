"""The lowerings of feed-forward networks and of mixtures of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.spec.components import Norm
from llmsim_adapters.traced import ceil_div, minimum

if TYPE_CHECKING:
    from llmsim_adapters.lowerings.site import Site
    from llmsim_adapters.spec.components import MLP, MixtureOfExperts


def lower_mlp(mlp: MLP, site: Site) -> None:
    hidden, intermediate = mlp.hidden_size, mlp.intermediate_size
    if mlp.bias and not intermediate:  # of a shared expert with biases of which there are none: what is left
        site.weight("down_proj.bias", (hidden,), "replicated")
        return
    if mlp.gated:
        site.linear("gate_proj", hidden, intermediate, "column", bias=mlp.bias)
    site.linear("up_proj", hidden, intermediate, "column", bias=mlp.bias)
    for name in ("gate_factors", "up_factors") if mlp.factors else ():
        site.weight(name, (intermediate,), "column")
    for i in range(mlp.activation_parameters):
        site.weight(f"activation.parameter_{i}", (1,), "replicated")
    for i in range(mlp.activation_constants):
        site.weight(f"activation.constant_{i}", (1,), "replicated", "buffer")
    if mlp.inner_norm is not None:
        site.norm("inner_norm", mlp.inner_norm, width=intermediate, sharding="column")
    site.linear("down_proj", intermediate, hidden, "row", bias=mlp.bias or mlp.output_bias)


def _route_by_network(moe: MixtureOfExperts, site: Site) -> None:
    """What a router's network does before its last projection, which gives the scores."""
    size = moe.router_size
    site.linear("router_down_proj", moe.hidden_size, size, "replicated", bias=True, quantized=False)
    if moe.router_carries:
        site.weight("router_carry_scale", (size,), "replicated")
    site.norm("router_network_norm", Norm(size))
    for name in ("router_fc1", "router_fc2"):
        site.linear(name, size, size, "replicated", bias=True, quantized=False)


def lower_mixture_of_experts(moe: MixtureOfExperts, site: Site) -> None:
    """A mixture: the router on every token, each expert on the tokens routed to it."""
    if moe.of_media is not None:
        choices = _routed_by_kind(moe, moe.of_media, site)
    elif moe.routed_sets is None:
        choices = _routed(moe, site)
    else:
        with site.sharing(moe.routed_sets):
            choices = _routed(moe, site)
    site.route(choices, moe.num_experts_per_tok)
    if moe.shared is not None:
        site.lower(moe.shared, "shared_experts", "shared_experts")
    if moe.shared_gate:
        site.linear("shared_expert_gate", moe.hidden_size, 1, "replicated", quantized=False)


def _routed_by_kind(moe: MixtureOfExperts, of_media: MixtureOfExperts, site: Site) -> int:
    """The routers and experts of words and of media; no token of text is sent to the latter."""
    step = site.step
    seen = 0 if step.media_tokens == 0 else step.tokens * step.media_tokens // step.seq_len
    site.step = step.of_tokens(step.tokens - seen)
    choices = _routed(moe, site)
    with site.within("of_media"), site.run_if(step.media_tokens != 0):
        site.step = step.of_tokens(seen)
        others = _routed(of_media, site)
        for name in ("experts.gate_up_proj" if of_media.gated else "experts.up_proj", "experts.down_proj"):
            site.route(others, 0, name)
    site.step = step
    return choices


def _routed(moe: MixtureOfExperts, site: Site) -> int:
    """The router and its experts; return among how many it chooses."""
    hidden, experts = moe.hidden_size, moe.num_experts
    choices = experts + moe.identity_experts if moe.identity_experts else experts
    _route(moe, site, choices)
    inner = hidden
    if moe.latent_size is not None:
        inner = moe.latent_size
        site.linear("latent_in_proj", hidden, inner, "replicated", bias=moe.latent_bias)
        site.linear("latent_out_proj", inner, hidden, "replicated", bias=moe.latent_bias)
    if moe.latent_input_norm is not None:
        site.norm("latent_input_norm", moe.latent_input_norm)
    _experts(moe, site, choices, inner)
    if moe.latent_norm is not None:
        site.norm("latent_norm", moe.latent_norm)
    if moe.output_bias:
        site.weight("output_bias", (hidden,), "replicated")
    return choices


def _route(moe: MixtureOfExperts, site: Site, choices: int) -> None:
    """Score every choice of every token."""
    scored = choices + moe.scored_shared_experts if moe.scored_shared_experts else choices
    if moe.router_norm is not None:
        site.norm("router_norm", moe.router_norm)
    if moe.router_size:
        _route_by_network(moe, site)
    inputs = moe.router_size or moe.hidden_size
    site.linear("router", inputs, scored, "replicated", bias=moe.router_bias, quantized=False)
    if moe.expert_scales:
        site.weight("expert_scales", (moe.num_experts,), "replicated")
    if moe.score_correction_bias is not None:
        site.weight("score_correction_bias", (choices,), "replicated", moe.score_correction_bias, "float32")
    for number in range(moe.media_routers):
        name = f"media_router_{number + 1}"
        site.weight(name, (scored, inputs), "replicated")
        if moe.score_correction_bias is not None:
            site.weight(f"{name}.score_correction_bias", (choices,), "replicated", moe.score_correction_bias, "float32")
    if moe.token_table:
        site.weight("token_table", (moe.token_table, moe.num_experts_per_tok), "replicated", "buffer", "int64")


def _experts(moe: MixtureOfExperts, site: Site, choices: int, inner: int) -> None:
    """The experts' own matrices and biases.

    The rows of all experts together are tokens · num_experts_per_tok, less the mean share of experts without weights;
    no more experts are read than have rows.
    """
    experts, width, top_k = moe.num_experts, moe.moe_intermediate_size, moe.num_experts_per_tok
    rows = site.step.tokens * top_k
    if moe.identity_experts:
        rows = ceil_div(rows * experts, choices)
    local, rows, part = site.local_experts(experts, rows, width)
    read = minimum(local, rows)
    up = 2 * width if moe.gated else width
    up_part = 2 * part if moe.gated else part
    name, parts = ("experts.gate_up_proj", 2) if moe.gated else ("experts.up_proj", 1)
    dtype = site.matrix(name, (experts, up, inner), "experts", parts)
    site.hand_out("experts", inner, top_k, dtype)
    site.bring_back("experts", inner, top_k)
    site.product("experts.up", rows, up_part, inner, read * up_part * inner, dtype)
    dtype = site.matrix("experts.down_proj", (experts, inner, width), "experts", across=True)
    site.product("experts.down", rows, inner, part, read * inner * part, dtype)
    if moe.expert_norm is not None:
        site.norm("expert_norm", moe.expert_norm, rows)
    if moe.expert_bias:
        site.weight("experts.up_proj.bias", (experts, up), "experts")
        site.weight("experts.down_proj.bias", (experts, inner), "experts")
