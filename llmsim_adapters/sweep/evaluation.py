"""Sweeping: a graph of columns for each group of points that take the same branches."""

from __future__ import annotations

from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from llmsim_adapters.spread import spread
from llmsim_adapters.sweep.blocks import Block, evaluated
from llmsim_adapters.sweep.points import points
from llmsim_adapters.sweep.result import FIGURES, swept

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from concurrent.futures import Executor

    from numpy.typing import NDArray

    from llmsim_adapters.graph.graph import OperatorGraph
    from llmsim_adapters.graph.schedule import Schedule
    from llmsim_adapters.sweep.blocks import Found
    from llmsim_adapters.sweep.points import Points
    from llmsim_adapters.sweep.result import Sweep

    Build = Callable[[Schedule], OperatorGraph]

_AT_ONCE: Final = 2**14
"""Points of one graph: more would have its columns leave a processor's cache, and take memory without need."""

_TOGETHER: Final = 64
"""So many points are sent together where each is built alone."""


def sweep(
    given: Mapping[str, Any],
    build: Build,
    wire: Build | None,
    executor: Executor | None = None,
    elsewhere: Callable[[Block], list[Found]] | None = None,
) -> Sweep:
    """Return the figures of the schedules that values and arrays by field make together.

    `build` gives the graph of one schedule; `wire` that of schedules whose sizes are columns, if it can be had so.
    `elsewhere` does the same as these where an executor runs it.

    Raises:
        ScheduleError: a field is unknown, has a value that no schedule can have, or does not broadcast with the others.
    """
    asked = points(given)
    shape = asked.numbers.shape
    found = {name: _Figure(asked.numbers.size) for name in FIGURES}
    refused = np.zeros(asked.numbers.size, dtype=np.bool_)
    groups = asked.groups(1 if wire is None else _AT_ONCE) if asked.numbers.size else iter(())
    here = partial(evaluated, build=build, wire=wire)
    blocks = _blocks(groups, _TOGETHER if wire is None else 1)
    for block, parts in spread(elsewhere if executor and elsewhere else here, blocks, executor, lost=here):
        for part in parts:
            numbers = block.numbers[part.numbers]
            if part.figures is None:
                refused[numbers] = True
            else:
                for name, value in part.figures.items():
                    found[name].put(numbers, value)
    arrays = {name: figure.values.reshape(shape) for name, figure in found.items()}
    return swept(asked.fields, refused.reshape(shape), arrays, build)


def _blocks(groups: Iterator[Points], together: int) -> Iterator[Block]:
    while block := list(islice(groups, together)):
        yield Block.of(block)


class _Figure:
    """One figure of every point: 64 bits wide until one needs more."""

    def __init__(self, count: int) -> None:
        self.values: NDArray[Any] = np.zeros(count, dtype=np.int64)

    def put(self, numbers: NDArray[np.int64], values: Any) -> None:
        if self.values.dtype != object and np.asarray(values).dtype != np.int64:
            self.values = self.values.astype(object)
        self.values[numbers] = values
