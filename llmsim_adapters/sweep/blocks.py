"""Blocks of a sweep: what is sent to where they are evaluated, and what comes back."""

from __future__ import annotations

import pickle
from dataclasses import field
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from llmsim_adapters.dataclass import dataclass
from llmsim_adapters.graph.schedule import Schedule, ScheduleError
from llmsim_adapters.sweep.column import Column, Mixed
from llmsim_adapters.sweep.points import Points
from llmsim_adapters.sweep.result import figures

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

    from llmsim_adapters.graph.graph import OperatorGraph

    Build = Callable[[Schedule], OperatorGraph]
    Shaped = tuple[tuple[int, ...], dict[str, NDArray[Any]]]


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """Some groups of points, each as its shape and its fields. Which numbers its points have elsewhere isn't sent."""

    groups: tuple[Shaped, ...]
    numbers: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, dtype=np.int64))

    @classmethod
    def of(cls, groups: Sequence[Points]) -> Block:
        """Return the block of some groups."""
        numbers = [group.numbers.ravel() for group in groups]
        return cls(tuple((group.numbers.shape, group.fields) for group in groups), np.concatenate(numbers))

    def points(self) -> Iterator[Points]:
        """Yield the groups, with their numbers in this block."""
        start = 0
        for shape, fields in self.groups:
            size = int(np.prod(shape, dtype=np.int64))
            yield Points(np.arange(start, start + size).reshape(shape), fields)
            start += size

    def __reduce__(self) -> tuple[Any, ...]:
        return Block, (self.groups,)


class Found(NamedTuple):
    """The figures of some points of a block, by their numbers in it; None where their schedules are refused.

    Arrays are no larger than what they depend on; they broadcast.
    """

    numbers: NDArray[np.int64]
    figures: dict[str, Any] | None


def evaluated(block: Block, build: Build, wire: Build | None) -> list[Found]:
    """Return the figures of the points of a block: of a graph for those that take the same branches."""
    found = []
    pending = list(block.points())
    while pending:
        group = pending.pop()
        try:
            graph = (wire or build)(group.schedule())
            values = {name: _plain(value) for name, value in figures(graph).items()}
            found.append(Found(group.numbers, values))
        except Mixed as mixed:
            pending += group.parts(mixed.answers)
        except ScheduleError:  # by the one branch that all of these points take
            found.append(Found(group.numbers, None))
    return found


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Evaluates blocks in whichever process it comes to; `model` is one that is pickled, which is its config."""

    model: bytes
    builder: str
    engines: tuple[str, ...]

    def __call__(self, block: Block) -> list[Found]:
        """Return the figures of a block."""
        build, wire = unpickled(self.model).sweeping(self.builder, self.engines)
        return evaluated(block, build, wire)


@lru_cache(maxsize=8)
def unpickled(pickled: bytes) -> Any:
    """Return a model, read once in a process."""
    return pickle.loads(pickled)


def _plain(value: Column | int) -> Any:
    return value.values if isinstance(value, Column) else value
