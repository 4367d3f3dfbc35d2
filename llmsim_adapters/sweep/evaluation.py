"""Sweeping: a graph of columns for each group of points that take the same branches."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from llmsim_adapters.graph.schedule import Schedule, ScheduleError
from llmsim_adapters.sweep.column import Column, Mixed
from llmsim_adapters.sweep.points import points
from llmsim_adapters.sweep.result import FIGURES, figures, swept

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    from llmsim_adapters.graph.graph import OperatorGraph
    from llmsim_adapters.sweep.result import Sweep

    Build = Callable[[Schedule], OperatorGraph]

_AT_ONCE: Final = 2**14
"""Points of one graph: more would have its columns leave a processor's cache, and take memory without need."""


def sweep(given: Mapping[str, Any], build: Build, wire: Build | None) -> Sweep:
    """Return the figures of the schedules that values and arrays by field make together.

    `build` gives the graph of one schedule; `wire` that of schedules whose sizes are columns, if it can be had so.

    Raises:
        ScheduleError: a field is unknown, has a value that no schedule can have, or does not broadcast with the others.
    """
    asked = points(given)
    shape = asked.numbers.shape
    found = {name: _Figure(asked.numbers.size) for name in FIGURES}
    refused = np.zeros(asked.numbers.size, dtype=np.bool_)
    pending = [] if not asked.numbers.size else list(asked.groups(1 if wire is None else _AT_ONCE))
    while pending:
        group = pending.pop()
        try:
            graph = (wire or build)(group.schedule())
            for name, value in figures(graph).items():
                found[name].put(group.numbers, value)
        except Mixed as mixed:
            pending += group.parts(mixed.answers)
        except ScheduleError:  # by the one branch that all of these points take
            refused[group.numbers] = True
    arrays = {name: figure.values.reshape(shape) for name, figure in found.items()}
    return swept(asked.fields, refused.reshape(shape), arrays, build)


class _Figure:
    """One figure of every point: 64 bits wide until one needs more."""

    def __init__(self, count: int) -> None:
        self.values: NDArray[Any] = np.zeros(count, dtype=np.int64)

    def put(self, numbers: NDArray[np.int64], value: Column | int) -> None:
        values = value.values if isinstance(value, Column) else value
        if self.values.dtype != object and np.asarray(values).dtype != np.int64:
            self.values = self.values.astype(object)
        self.values[numbers] = values
