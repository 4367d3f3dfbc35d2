"""Bars for `fit --plot`: what weights and one sequence take of the memory that may be used of one accelerator."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from llmsim_adapters.cli.document import Cell, Section, section, table

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from llmsim_adapters.fit.fit import Fitted

_WIDTH: Final = 32
_GIB: Final = 2**30
_WEIGHTS, _SEQUENCE, _FREE = "█", "▒", "·"


def bars(layouts: Iterable[Fitted]) -> Section:
    """Return a bar for each layout and length of one sequence."""
    title = f"Memory of one GPU that may be used: {_WEIGHTS} weights, {_SEQUENCE} one sequence, {_FREE} free"
    return section(title, table(">GPUs|Layout|>Tokens||>GiB|>Of", _rows(layouts)))


def _rows(layouts: Iterable[Fitted]) -> Iterator[list[str | Cell]]:
    for layout in layouts:
        usable = layout.weights + layout.free
        for at, capacity in enumerate(layout.capacities):
            taken = layout.weights + capacity.bytes
            yield [
                "" if at else f"{layout.ranks:,}",
                "" if at else layout.name,
                f"{capacity.tokens:,}",
                Cell(_bar(layout.weights, taken, usable), "bad" if taken > usable else ""),
                f"{taken / _GIB:,.1f}",
                f"{usable / _GIB:,.1f}",
            ]


def _bar(weights: int, taken: int, usable: int) -> str:
    """Return a bar that is as wide as what may be used; what takes more than that ends in an arrow."""
    first, second = (min(_WIDTH, round(_WIDTH * size / usable)) if usable > 0 else _WIDTH for size in (weights, taken))
    bar = _WEIGHTS * first + _SEQUENCE * (second - first) + _FREE * (_WIDTH - second)
    return f"{bar[:-1]}>" if taken > usable else bar
