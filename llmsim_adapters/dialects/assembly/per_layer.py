"""Layers that borrow the cache of an earlier one, and embeddings that every layer has of its own (Gemma 3n and 4)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.decoder import layers
from llmsim_adapters.dialects.assembly.patterns import each_changed
from llmsim_adapters.spec.components import Norm, PerLayerEmbedding, PerLayerInput
from llmsim_adapters.spec.model import Sublayer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from llmsim_adapters.dialects.assembly.layouts import Layout
    from llmsim_adapters.dialects.assembly.options import Attends
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.components import Component


def lenders(r: Reader, kinds: Sequence[bool]) -> tuple[int, ...]:
    """Return whose cache each layer uses: the last `num_kv_shared_layers` that of the latest other one of their kind.

    Empty where every layer has its own.
    """
    count, shared = len(kinds), r.count("num_kv_shared_layers")
    if not shared:
        return ()
    first = count - int(shared)
    last_of = {kind: i for i, kind in enumerate(kinds[: max(first, 0)])}
    fits = first > 0 and set(kinds) == set(last_of)
    r.check("num_kv_shared_layers", fits, lambda: f"is {int(shared)}, which leaves layers without one to borrow from")
    if not fits:
        return ()
    return tuple(i if i < first else last_of[kind] for i, kind in enumerate(kinds))


def listed_lenders(r: Reader, kinds: Sequence[bool]) -> tuple[int, ...]:
    """`kv_source_layers` says whose cache each layer uses: its own, or that of an earlier one of its kind that has one.

    Empty where every layer has its own.
    """
    owners = r.integers("kv_source_layers", len(kinds), least=0, most=len(kinds) - 1) or ()
    fits = all(own <= i and owners[own] == own and kinds[own] == kinds[i] for i, own in enumerate(owners))
    r.check("kv_source_layers", fits, "names a layer that is none before with a cache of its own, and of one kind")
    return tuple(owners) if fits and any(own != i for i, own in enumerate(owners)) else ()


def borrowed(mixers: Sequence[Attends], owners: Sequence[int]) -> list[Attends]:
    """Return the attention of each layer, without keys and values, or latents, where it uses those of another."""
    if not owners:
        return list(mixers)
    borrowing = each_changed(mixers, lambda mixer: replace(mixer, borrows_cache=True))
    return [mixer if owners[i] == i else borrowing[i] for i, mixer in enumerate(mixers)]


def per_layer_embedding(r: Reader) -> tuple[Component, ...]:
    """Read the table of the layers' own embeddings; none where they have no size."""
    if not r.count("hidden_size_per_layer_input"):
        r.no_effect(("vocab_size_per_layer_input",), "there are no per-layer embeddings")
        return ()
    return (
        PerLayerEmbedding(
            vocab_size=r.optional_size("vocab_size_per_layer_input"),
            hidden_size=r.size("hidden_size"),
            layers=layers(r),
            width=r.size("hidden_size_per_layer_input"),
        ),
    )


def with_per_layer_input(r: Reader, layout: Layout) -> Layout:
    """Return a layout whose layers take their own embedding in at the end, and normalise it."""
    if not r.count("hidden_size_per_layer_input"):
        return layout
    module = PerLayerInput(hidden_size=r.size("hidden_size"), width=r.size("hidden_size_per_layer_input"))

    def extended(mixer: Component, feed_forward: Component, norm: Norm) -> tuple[Sublayer, ...]:
        return (*layout(mixer, feed_forward, norm), Sublayer((module,), (), (norm,)))

    return extended
