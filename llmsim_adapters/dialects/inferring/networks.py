"""Feed-forward networks and experts by keys alone: how they are made, and which layers have which."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import mixture_of_experts, mlp
from llmsim_adapters.dialects.assembly.decoder import layers
from llmsim_adapters.dialects.assembly.patterns import (
    after_dense_every,
    at_distances,
    experts_in_range,
    experts_listed,
    experts_where,
    layer_flags,
    sparse_layers,
)
from llmsim_adapters.dialects.assembly.widths import adjusted
from llmsim_adapters.dialects.inferring.biases import of_networks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from llmsim_adapters.dialects.inferring.manner import Habits, Manner
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.components import MLP, Component, MixtureOfExperts

_WIDEST = 2**28
_SWITCHES = ("is_moe", "enable_moe_block")


def has_experts(r: Reader) -> bool:
    """Whether the model has experts: there are several, and no key turns them off."""
    if not r.has("num_experts") and "num_experts" not in r.parameters:
        return False
    off = any(r.has(name) and not r.flag(name) for name in _SWITCHES)
    if off or r.count("num_experts") < 2:
        r.no_effect(("num_experts", "num_experts_per_tok", "moe_intermediate_size"), "no layer has experts")
        return False
    return True


def feed_forward(r: Reader, how: Manner, habits: Habits) -> Component | list[Component]:
    """Read the feed-forward network of each layer."""
    _foundry(r)
    sparse = has_experts(r)
    if not sparse and r.has("shared_expert_intermediate_size") and not r.has("intermediate_size"):
        r.stand_in("intermediate_size", "shared_expert_intermediate_size")
    bias = of_networks(r, how)
    if not sparse:
        return dense(r, how, bias)
    return experts_where(r, _sparse_layers(r), lambda: one_dense(r, how, bias), lambda: experts(r, how, habits))


def _foundry(r: Reader) -> None:
    """Let the object `ffn_config` of llm-foundry (MPT, DBRX) say the sizes that stand in it."""
    inner = r.nested("ffn_config") if isinstance(r.raw.get("ffn_config"), dict) else None
    if inner is None:
        return
    inner.mark("model_type", "architectures", "dtype", "ffn_act_fn")
    experts = inner.has("moe_num_experts")
    names = {"ffn_hidden_size": "moe_intermediate_size" if experts else "intermediate_size"}
    for key, name in {**names, "moe_num_experts": "num_experts", "moe_top_k": "num_experts_per_tok"}.items():
        if inner.has(key):
            r.derive(name, inner.size(key))


def dense(r: Reader, how: Manner, bias: bool) -> Component | list[Component]:
    """Read dense networks: of one width, or of a list with each layer's."""
    if r.is_list("intermediate_size"):
        widths = r.sizes("intermediate_size", layers(r))
        kinds = {width: mlp(r, width=width, bias=bias, gated=how.gated) for width in widths}
        return [kinds[width] for width in widths]
    return one_dense(r, how, bias)


def one_dense(r: Reader, how: Manner, bias: bool) -> MLP:
    """Read a dense network; without a gate and a width, it is four times as wide as the model, or as a key says."""
    if how.gated or r.has("intermediate_size"):
        return adjusted(r, mlp(r, bias=bias, gated=how.gated))
    hidden = r.size("hidden_size")
    if r.has("mlp_ratio"):
        ratio = r.number("mlp_ratio", least=0) or 0
        if not 0 < ratio * hidden <= _WIDEST:
            r.refuse("mlp_ratio", ratio, f"a ratio of at most {_WIDEST} / hidden_size")
            ratio = 1
        width = r.derive("intermediate_size", max(int(ratio * int(hidden)), 1))
    else:
        r.inferred("intermediate_size", "no key says so: taken to be four times hidden_size")
        width = r.size_or("intermediate_size", lambda: 4 * hidden)
    return mlp(r, width=width, bias=bias, gated=False)


def _largest(r: Reader, name: str) -> None:
    """Read a list with a layer's value each as the largest of them."""
    if r.is_list(name):
        values = r.sizes(name, layers(r))
        if len(set(values)) > 1:
            r.inferred(name, "differs from layer to layer: taken to be the largest everywhere")


def experts(r: Reader, how: Manner, habits: Habits) -> MixtureOfExperts:
    """Read the experts, and those that all tokens share."""
    r.inferred("router", "experts and their router are taken to have no biases, and the router no other parts")
    if not r.has("moe_intermediate_size") and "moe_intermediate_size" not in r.parameters:
        r.inferred("moe_intermediate_size", "no key says so: experts are taken to be of intermediate_size")
        r.stand_in("moe_intermediate_size", "intermediate_size")
    for name in ("num_experts_per_tok", "moe_intermediate_size", "num_shared_experts"):
        _largest(r, name)
    latent = r.optional_size("moe_latent_size")
    if not r.count("shared_expert_intermediate_size"):
        if not r.has("num_shared_experts"):
            r.inferred("shared_experts", "no key says so: no expert is taken to be shared by all tokens")
        return replace(mixture_of_experts(r, gated=how.gated), latent_size=latent)
    r.no_effect(("num_shared_experts",), "the width of the shared experts is that of all together")
    width = r.size("shared_expert_intermediate_size")
    has = "a gate" if habits.shared_gate else "no gate"
    r.inferred("shared_expert_gate", f"no key says so: the shared expert is taken to have {has}{habits.like}")
    shared = mlp(r, width=width, gated=how.gated)
    routed = mixture_of_experts(r, gated=how.gated)
    return replace(routed, shared=shared, shared_gate=habits.shared_gate, latent_size=latent)


def _sparse_layers(r: Reader) -> Sequence[bool]:
    """Read which layers have experts, by whichever keys say so."""
    if r.is_list("mlp_layer_types"):
        return _named(r)
    for name in ("is_moe_layer", "moe_layer_freq"):
        if r.is_list(name):
            return layer_flags(r, name) or [True] * layers(r)
    for names, pattern in _PATTERNS:
        if any(r.has(name) for name in names):
            return pattern(r)
    r.inferred("experts", "no key says which layers have experts: taken to be all")
    return [True] * layers(r)


def _named(r: Reader) -> list[bool]:
    """`mlp_layer_types` by whatever names: what is not dense has experts."""
    kinds = [str(kind) for kind in r.sequence("mlp_layer_types", layers(r)) or ()]
    others = [name for names, _ in _PATTERNS for name in names]
    r.no_vote(others, "mlp_layer_types", "which layers have experts")
    if set(kinds) - {"dense", "sparse"}:
        r.inferred("mlp_layer_types", "layers of other kinds than 'dense' are taken to have experts")
    return [kind != "dense" for kind in kinds] or [True] * layers(r)


_PATTERNS = (
    (("first_k_dense_replace", "moe_layer_freq"), after_dense_every),
    (("moe_layer_start_index",), experts_in_range),
    (("moe_layers", "interleave_moe_layer_step"), experts_listed),
    (("expert_layer_period",), partial(at_distances, kind="expert")),
    (("decoder_sparse_step", "mlp_only_layers"), sparse_layers),
)
