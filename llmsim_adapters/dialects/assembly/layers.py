"""Layers that are put together one by one: where they differ in more than their mixer and feed-forward network."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from llmsim_adapters.spec.components import Component
    from llmsim_adapters.spec.model import Block, ModelSpec


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
