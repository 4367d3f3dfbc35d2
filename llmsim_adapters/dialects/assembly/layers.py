"""Layers that are put together one by one: where they differ in more than their mixer and feed-forward network."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.spec.components import AttentionResidual
from llmsim_adapters.spec.model import Block, Sublayer
from llmsim_adapters.traced import ceil_div

if TYPE_CHECKING:
    from collections.abc import Sequence

    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.components import Component
    from llmsim_adapters.spec.model import ModelSpec


def with_layers(spec: ModelSpec, layers: Sequence[Block], last: Component) -> ModelSpec:
    """Return a decoder of these layers, of which the same object is one block, and `last` before what follows them."""
    (text,) = spec.stacks
    numbers: dict[int, int] = {}
    blocks: list[Block] = []
    for layer in layers:
        if numbers.setdefault(id(layer), len(blocks)) == len(blocks):
            blocks.append(layer)
    order = tuple(numbers[id(layer)] for layer in layers)
    return replace(spec, stacks=(replace(text, blocks=tuple(blocks), order=order, after=(last, *text.after)),))


def residual_sources(r: Reader, layer: int, size: int) -> tuple[int, int]:
    """Return how many sources the mixer and the network of a layer have, of blocks of so many layers, and the present.

    The first layer of a block is what begins the present sum; its mixer still has that of the block before.
    """
    at = r.constant(f"layer_{layer:d}", layer, "the layer's place among the others")
    return ceil_div(at, size) + 1, at // size + 2


def last_sources(r: Reader, size: int) -> int:
    """Return how many sources there are behind all layers, of blocks of so many of them."""
    return ceil_div(r.size("num_hidden_layers"), size) + 1


def with_attention_residuals(spec: ModelSpec, r: Reader, size: int, *, first: bool = True) -> ModelSpec:
    """Return a decoder each of whose sublayers gets a sum over blocks of `size` layers before it.

    `first`: whether the first sublayer has weights of such a sum, of the one source that there is.
    """
    (text,) = spec.stacks
    hidden = r.size("hidden_size")
    made: dict[tuple[int, tuple[int, int]], Block] = {}
    found = []
    for layer, index in enumerate(text.order):
        sources = residual_sources(r, layer, size)
        if (index, sources) not in made:
            block = text.blocks[index]
            parts = [
                part
                for n, each in zip(sources, block.sublayers, strict=True)
                for part in ((_summed(hidden, n), each) if n > 1 or first else (each,))
            ]
            made[index, sources] = Block(f"{block.name}_from_{layer}", tuple(parts))
        found.append(made[index, sources])
    last = AttentionResidual(hidden_size=hidden, sources=last_sources(r, size), gain=True)
    return with_layers(spec, found, last)


def _summed(hidden: int, sources: int) -> Sublayer:
    return Sublayer((AttentionResidual(hidden_size=hidden, sources=sources, gain=True),), skip=False)
