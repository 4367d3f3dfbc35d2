"""The best points of a grid of any size: blocks of it are evaluated and forgotten, but for what nothing beats.

A point beats another where it is no worse in anything that is asked for, and better in something (Pareto).
"""

from __future__ import annotations

import pickle
from math import prod
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from llmsim_adapters.dataclass import dataclass
from llmsim_adapters.graph.schedule import Schedule
from llmsim_adapters.spread import spread
from llmsim_adapters.sweep.blocks import unpickled
from llmsim_adapters.sweep.chosen import Best, BestPoint, SweepError
from llmsim_adapters.sweep.evaluation import sweep
from llmsim_adapters.sweep.points import points
from llmsim_adapters.sweep.result import grid

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from concurrent.futures import Executor

    from numpy.typing import NDArray

    from llmsim_adapters.sweep.result import Sweep

MOST: Final = 10_000
"""So many points may each be best in some way."""

_ONE_VALUE: Final = "engine_options"
"""The field that is no axis: a value of it is a table of its own."""

_BLOCK: Final = 2**16
_LARGEST: Final = 2**62


class _Block(NamedTuple):
    """A part of each axis of a grid: where it begins, and its values."""

    starts: tuple[int, ...]
    axes: dict[str, NDArray[Any]]


class _Front(NamedTuple):
    """Points that none of those that were looked at beats: what each is good for, less being better, and its number."""

    costs: NDArray[Any]
    numbers: NDArray[np.int64]
    refused: int = 0
    too_large: int = 0


@dataclass(frozen=True, slots=True)
class _Work:
    """Looks at blocks, of a model that is here or, pickled, in whichever process it comes to."""

    model: Any
    builder: str
    engines: tuple[str, ...]
    shape: tuple[int, ...]
    memory: int | None
    fixed: dict[str, Any]

    def __call__(self, block: _Block) -> _Front:
        model = unpickled(self.model) if isinstance(self.model, bytes) else self.model
        build, wire = model.sweeping(self.builder, self.engines)
        return _front(sweep({**grid(**block.axes), **self.fixed}, build, wire), self.numbers(block), self.memory)

    def numbers(self, block: _Block) -> NDArray[np.int64]:
        """Return the numbers of a block's points in the grid."""
        found = np.zeros((1,) * len(self.shape), dtype=np.int64)
        for axis, (start, values) in enumerate(zip(block.starts, block.axes.values(), strict=True)):
            along = [-1 if each == axis else 1 for each in range(len(self.shape))]
            found = found * self.shape[axis] + (start + np.arange(values.size)).reshape(along)
        return found.ravel()


def best(
    model: Any,
    builder: str,
    engines: tuple[str, ...],
    axes: Mapping[str, Any],
    memory: int | None,
    executor: Executor | None,
) -> Best:
    """Return the best points of the grid of all combinations of the axes' values.

    Raises:
        ScheduleError: a field is unknown, or has a value that no schedule can have.
        SweepError: the grid has too many points to be numbered, or too many that are best.
    """
    fixed = {name: value for name, value in axes.items() if name == _ONE_VALUE}
    arrays = {name: np.atleast_1d(np.asarray(axes[name])).ravel() for name in axes if name not in fixed}
    for given in (fixed, *({name: values} for name, values in arrays.items())):
        points(given)
    shape = tuple(values.size for values in arrays.values())
    count = prod(shape)
    if count >= _LARGEST:
        message = f"the grid has {count:,} points; expected fewer than {_LARGEST:,}"
        raise SweepError(message)
    sent = model if executor is None else pickle.dumps(model)
    work = _Work(sent, builder, engines, shape, memory, fixed)
    front, refused, too_large = None, 0, 0
    for _, found in spread(work, _blocks(_Block((0,) * len(shape), arrays)) if count else (), executor):
        refused, too_large = refused + found.refused, too_large + found.too_large
        if found.numbers.size:
            front = found if front is None else _unbeaten(*map(np.concatenate, zip(front[:2], found[:2], strict=True)))
    chosen = () if front is None else tuple(_point(model, work, arrays, int(at)) for at in front.numbers)
    order = sorted(chosen, key=lambda point: (point.ranks, -point.sequences, -point.tokens, point.rank_memory_bytes))
    return Best(tuple(order), count, refused, too_large)


def _blocks(block: _Block) -> Iterator[_Block]:
    """Yield parts of a block that are small enough: its longest axis is halved again and again."""
    sizes = {name: values.size for name, values in block.axes.items()}
    if prod(sizes.values()) <= _BLOCK:
        yield block
        return
    name = max(sizes, key=lambda each: sizes[each])
    at, half = list(sizes).index(name), sizes[name] // 2
    values = block.axes[name]
    later = (*block.starts[:at], block.starts[at] + half, *block.starts[at + 1 :])
    yield from _blocks(_Block(block.starts, {**block.axes, name: values[:half]}))
    yield from _blocks(_Block(later, {**block.axes, name: values[half:]}))


def _front(found: Sweep, numbers: NDArray[np.int64], memory: int | None) -> _Front:
    """Return the best points of a block."""
    allowed = ~found.refused.ravel()
    refused = int(found.refused.sum())

    def of(name: str, default: int) -> NDArray[Any]:
        values = found.points.get(name)
        return np.full(len(found), default, dtype=np.int64) if values is None else values.ravel()

    batch, ranks = of("batch_size", 1), of("tp_size", 1) * of("dp_size", 1)
    kept = found.rank_kv_cache_bytes.data.ravel() + found.rank_state_bytes.data.ravel()
    needed = found.weight_bytes.data.ravel() + batch * kept
    tokens = of("context_len", 0) + of("seq_len", 0)
    costs = [ranks, -batch * of("dp_size", 1), -tokens]
    too_large = 0
    if memory is None:
        costs.append(needed)
    else:
        fits = needed <= memory
        too_large = int((allowed & ~fits).sum())
        allowed &= fits
    chosen = np.flatnonzero(allowed)
    table = np.stack([column[chosen] for column in costs], axis=1)
    return _unbeaten(table, numbers[chosen])._replace(refused=refused, too_large=too_large)


def _unbeaten(costs: NDArray[Any], numbers: NDArray[np.int64]) -> _Front:
    """Return the points that no other one beats; of those that cost the same, the one with the least number.

    In the order of their costs, a point is beaten by earlier ones only.

    Raises:
        SweepError: there are too many.
    """
    order = np.lexsort((numbers, *costs.T[::-1]))
    costs, numbers = costs[order], numbers[order]
    columns = [column for column in np.ascontiguousarray(costs.T) if len(column) and (column != column[0]).any()]
    others = columns[1:]  # by the first one they are sorted
    unbeaten = np.ones(len(numbers), dtype=np.bool_)
    kept: list[int] = []
    for at in range(len(numbers)):
        if not unbeaten[at]:
            continue
        kept.append(at)
        if len(kept) > MOST:
            message = (
                f"more than {MOST:,} points are each best in some way; say how much `memory` there is, or ask less"
            )
            raise SweepError(message)
        later = unbeaten[at + 1 :]
        beaten = np.ones(len(later), dtype=np.bool_)
        for column in others:
            beaten &= column[at + 1 :] >= column[at]
        later &= ~beaten
    return _Front(costs[kept], numbers[kept])


def _point(model: Any, work: _Work, axes: Mapping[str, NDArray[Any]], number: int) -> BestPoint:
    where = np.unravel_index(number, work.shape)
    fields = {name: values[[at]].tolist()[0] for (name, values), at in zip(axes.items(), where, strict=True)}
    schedule = Schedule(**fields, **work.fixed)
    graph = model.build(schedule, work.builder)
    tokens = schedule.context_len + schedule.seq_len
    kept = graph.rank_kv_cache_bytes(tokens) + graph.rank_state_bytes
    return BestPoint(
        schedule,
        schedule.world_size,
        schedule.batch_size * schedule.dp_size,
        tokens,
        graph.weight_bytes + schedule.batch_size * kept,
    )
