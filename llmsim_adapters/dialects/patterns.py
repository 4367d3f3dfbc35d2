"""Which layer is of which kind: every way in which configs say so, expanded in one place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly import layers, windowed

if TYPE_CHECKING:
    from collections.abc import Callable

    from llmsim_adapters.dialects.reader import Reader
    from llmsim_adapters.spec.components import Attention, Component


def qwen_windows(r: Reader, base: Attention) -> Component | list[Component]:
    """`use_sliding_window`: the layers from `max_window_layers` on slide; without it, none does."""
    count = layers(r)
    if not r.flag("use_sliding_window"):
        r.no_effect(("sliding_window", "max_window_layers", "layer_types"), "use_sliding_window is false")
        return base
    if r.has("layer_types"):
        r.no_effect(("max_window_layers",), "layer_types says which layers slide")
        return windowed(r, base, [False] * count)
    first = r.count("max_window_layers")
    return windowed(r, base, [i >= first for i in range(count)])


def sparse_step(
    r: Reader, dense: Callable[[Reader], Component], sparse: Callable[[Reader], Component]
) -> Component | list[Component]:
    """`decoder_sparse_step` s: layers s-1, 2s-1, … have experts, except those in `mlp_only_layers`."""
    count, step = layers(r), r.size("decoder_sparse_step")
    only = r.sequence("mlp_only_layers") or ()
    for layer in only:
        if layer.__class__ is not int or layer < 0:
            r.refuse("mlp_only_layers", layer, "a list of layer numbers from 0")
            only = ()
            break
    is_sparse = [(i + 1) % step == 0 and i not in only for i in range(count)]
    if not any(is_sparse):
        r.no_effect(_EXPERT_PARAMETERS, "no layer has experts")
        return dense(r)
    if all(is_sparse):
        r.no_effect(("intermediate_size",), "no layer has a dense feed-forward network")
        return sparse(r)
    experts, mlp = sparse(r), dense(r)
    return [experts if flag else mlp for flag in is_sparse]


def dense_first(r: Reader, dense: Callable[[], Component], experts: Component) -> Component | list[Component]:
    """`first_k_dense_replace` layers are dense, the others have experts, of those every `moe_layer_freq`-th."""
    count, first = layers(r), r.count("first_k_dense_replace")
    frequency = r.size("moe_layer_freq")
    is_sparse = [i >= first and i % frequency == 0 for i in range(count)]
    if all(is_sparse):
        r.no_effect(("intermediate_size",), "no layer has a dense feed-forward network")
        return experts
    mlp = dense()
    return [experts if flag else mlp for flag in is_sparse]


_EXPERT_PARAMETERS = ("num_experts", "num_experts_per_tok", "moe_intermediate_size", "num_shared_experts")
