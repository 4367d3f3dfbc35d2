"""Pictures as SVG in few bytes, whole without any script: curves of caches, and the layers of a stack."""

from __future__ import annotations

from math import ceil, floor, log10
from typing import TYPE_CHECKING, Final, NamedTuple

from llmsim_adapters.text import human

if TYPE_CHECKING:
    from collections.abc import Sequence

    from llmsim_adapters.graph.graph import OperatorGraph
    from llmsim_adapters.spec.model import Stack

LENGTHS: Final = tuple(1 << power for power in range(7, 21))
"""Tokens of the sequences whose caches are drawn: 128 to 1 Mi."""

_WIDTH: Final = 720
_HEIGHT: Final = 300
_COLOURS: Final = 8


class Line(NamedTuple):
    """A model's line: the number of its row, its name, the path in the picture, and its colour."""

    at: int
    name: str
    path: str
    colour: int


class Tick(NamedTuple):
    """A mark of an axis: where it is, and what it says."""

    at: int
    text: str


class Chart(NamedTuple):
    """Lines in a frame, both axes logarithmic."""

    width: int
    height: int
    lines: tuple[Line, ...]
    across: tuple[Tick, ...]
    up: tuple[Tick, ...]


class Run(NamedTuple):
    """What a stack has of one block: its name, the number of its positions, its colour, its places in the strip."""

    name: str
    positions: int
    colour: int
    path: str


class Strip(NamedTuple):
    """The positions of a stack in their order, equal neighbours as one; and those that share what others own."""

    stack: str
    positions: int
    runs: tuple[Run, ...]
    shared_weights: int
    shared_cache: int
    weights_path: str
    cache_path: str


def curve(graph: OperatorGraph) -> tuple[tuple[int, int], ...]:
    """Return the bytes of caches and states of one sequence at each length; empty where there are none.

    An encoder's output, whose length is its own, is left out.
    """
    states = sum(cache.bytes(0) for cache in graph.caches if cache.kind == "state")
    points = tuple((tokens, int(graph.kv_cache_bytes(tokens) + states)) for tokens in LENGTHS)
    return points if all(size > 0 for _, size in points) else ()


def chart(curves: Sequence[tuple[int, str, tuple[tuple[int, int], ...]]]) -> Chart | None:
    """Return the curves of all models in one frame; None where there are none."""
    sizes = [size for _, _, points in curves for _, size in points]
    if not sizes:
        return None
    low, high = floor(log10(min(sizes))), max(ceil(log10(max(sizes))), floor(log10(min(sizes))) + 1)
    first, last = log10(LENGTHS[0]), log10(LENGTHS[-1])

    def place(tokens: int, size: int) -> tuple[int, int]:
        x = round(_WIDTH * (log10(tokens) - first) / (last - first))
        return x, round(_HEIGHT * (high - log10(size)) / (high - low))

    lines = tuple(
        Line(at, name, _path([place(*point) for point in points]), order % _COLOURS)
        for order, (at, name, points) in enumerate(curves)
    )
    across = tuple(Tick(place(tokens, 1)[0], _tokens(tokens)) for tokens in LENGTHS[1::3])
    up = tuple(
        Tick(round(_HEIGHT * (high - power) / (high - low)), human(10**power, "bytes"))
        for power in range(low, high + 1)
    )
    return Chart(_WIDTH, _HEIGHT, lines, across, up)


def _path(points: Sequence[tuple[int, int]]) -> str:
    """Return a path without the points that lie, but for a pixel, between their neighbours."""
    kept = [points[0]]
    for at in range(1, len(points) - 1):
        (left, upper), (x, y), (right, lower) = kept[-1], points[at], points[at + 1]
        if abs(upper + (lower - upper) * (x - left) / (right - left) - y) > 1:
            kept.append(points[at])
    kept.append(points[-1])
    return "M" + "L".join(f"{x} {y}" for x, y in kept)


def _tokens(count: int) -> str:
    return f"{count >> 20} Mi" if count >> 20 else f"{count >> 10} Ki" if count >> 10 else str(count)


def strip(stack: Stack) -> Strip:
    """Return the picture of a stack's layers, a unit wide for each position."""
    weights = _others(stack.weights_of, stack)
    caches = _others(stack.cache_of, stack)
    runs = tuple(
        Run(block.name, stack.executions(at), at % _COLOURS, _boxes([index == at for index in stack.order], 0, 10))
        for at, block in enumerate(stack.blocks)
    )
    return Strip(
        stack.name, len(stack.order), runs, sum(weights), sum(caches), _boxes(weights, 7, 10), _boxes(caches, 0, 3)
    )


def _others(owners: tuple[int, ...], stack: Stack) -> list[bool]:
    """Return of each position whether it uses what another one owns."""
    return [owner != at for at, owner in enumerate(owners)] if owners else [False] * len(stack.order)


def _boxes(marked: Sequence[bool], top: int, bottom: int) -> str:
    """Return one path with a box for each run of marked positions."""
    boxes, start = [], None
    for at, mark in enumerate([*marked, False]):
        if mark and start is None:
            start = at
        elif not mark and start is not None:
            boxes.append(f"M{start} {top}h{at - start}v{bottom - top}h-{at - start}z")
            start = None
    return "".join(boxes)
