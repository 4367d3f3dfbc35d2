"""What a sweep gives: the figures of its points as arrays; and grids of points."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any, Final

from llmsim_adapters.errors import need
from llmsim_adapters.graph.schedule import Schedule, ScheduleError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import numpy as np
    from numpy.typing import NDArray

    from llmsim_adapters.graph.graph import OperatorGraph

NUMPY: Final = ("numpy", "sweep", "sweeps")
"""What sweeps need, for `need`."""


@dataclass(frozen=True, eq=False)
class Sweep:
    """The figures of many schedules, each an array of the shape to which the fields broadcast.

    They are those of `OperatorGraph` by the same names; caches and states are those of one sequence with all tokens of
    the schedule in it. They are masked where the schedule is `refused`. Integers that need more than 64 bits make an
    array one of Python's integers.

    `points` has the fields of the schedules that were given, and `mode` and `seq_len`, as arrays of the same shape.
    """

    points: Mapping[str, NDArray[Any]]
    refused: NDArray[np.bool_]
    flops: np.ma.MaskedArray[Any, Any]
    flops_executed: np.ma.MaskedArray[Any, Any]
    weight_bytes: np.ma.MaskedArray[Any, Any]
    transfer_bytes: np.ma.MaskedArray[Any, Any]
    kv_cache_elements: np.ma.MaskedArray[Any, Any]
    kv_cache_bytes: np.ma.MaskedArray[Any, Any]
    rank_kv_cache_bytes: np.ma.MaskedArray[Any, Any]
    rank_state_bytes: np.ma.MaskedArray[Any, Any]
    _build: Callable[[Schedule], OperatorGraph] = field(repr=False)

    def __reduce__(self) -> tuple[Any, ...]:
        once = {name: values[tuple(map(_changing, values.strides))] for name, values in self.points.items()}
        return swept, (once, self.refused, {name: values.data for name, values in self.figures().items()}, self._build)

    def __repr__(self) -> str:
        shape = " × ".join(map(str, self.shape)) or "1"
        return f"<Sweep of {shape} schedules, {int(self.refused.sum())} refused>"

    def _repr_html_(self) -> str:
        """Return the first points with their figures, for notebooks."""
        from llmsim_adapters.markup import block, sentence, table  # only notebooks need it

        columns = {name: values.ravel()[:_FIRST].tolist() for name, values in {**self.points, **self.figures()}.items()}
        changing = [name for name, values in self.points.items() if any(map(bool, values.strides)) or len(self) == 1]
        names = [*changing, *FIGURES]
        shown = (
            ["refused" if each is None else f"{each:,}" if isinstance(each, int) else each for each in row]
            for row in zip(*(columns[name] for name in names), strict=True)
        )
        more = sentence(f"and {len(self) - _FIRST:,} more") if len(self) > _FIRST else ""
        scopes = "weights, FLOPs and transfers are one rank's; caches and states one sequence's"
        return block(repr(self).strip("<>"), sentence(scopes), table([f">{name}" for name in names], shown), more)

    def __len__(self) -> int:
        """Return the number of points."""
        return int(self.refused.size)

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of every array."""
        return self.refused.shape

    def schedule(self, index: int) -> Schedule:
        """Return the schedule of one point, counted as `argmin` and `ravel` of an array count them.

        Raises:
            IndexError: there are fewer points.
        """
        if not -len(self) <= index < len(self):
            message = f"no point {index} in a sweep of {len(self)}"
            raise IndexError(message)
        return Schedule(**{name: values.flat[[index]].tolist()[0] for name, values in self.points.items()})

    def reason(self, index: int) -> str:
        """Return why the schedule of one point is refused; empty if it is not."""
        try:
            self._build(self.schedule(index))
        except ScheduleError as error:
            return str(error)
        return ""

    def to_dict(self) -> dict[str, list[Any]]:
        """Return points and figures as flat columns of equal length, None where refused; ready for JSON."""
        columns = {**self.points, "refused": self.refused, **self.figures()}
        return {name: values.ravel().tolist() for name, values in columns.items()}

    def figures(self) -> dict[str, np.ma.MaskedArray[Any, Any]]:
        """Return the arrays of figures by name."""
        return {name: getattr(self, name) for name in FIGURES}


_FIRST: Final = 10

FIGURES: Final = tuple(f.name for f in fields(Sweep) if f.name not in ("points", "refused", "_build"))


def swept(
    points: Mapping[str, NDArray[Any]],
    refused: NDArray[np.bool_],
    found: Mapping[str, NDArray[Any]],
    build: Callable[[Schedule], OperatorGraph],
) -> Sweep:
    """Return a sweep of points that broadcast to the shape of what is refused and was found; its arrays are read-only.

    `build` gives the graph of one schedule.
    """
    import numpy as np

    for array in (refused, *found.values()):
        array.setflags(write=False)
    return Sweep(
        points={name: np.broadcast_to(values, refused.shape) for name, values in points.items()},
        refused=refused,
        _build=build,
        **{name: np.ma.MaskedArray(values, refused) for name, values in found.items()},
    )


def _changing(stride: int) -> slice:
    """Return what is to be kept of an axis of an array that was broadcast: all of it where values change along it."""
    return slice(None) if stride else slice(1)


def figures(graph: OperatorGraph) -> dict[str, Any]:
    """Return the figures of a graph by name, those of `FIGURES`."""
    tokens = graph.schedule.context_len + graph.schedule.seq_len
    flops = [operator.flops for operator in graph.operators]
    return {
        "flops": sum(flops),
        "flops_executed": sum(op.executed(its) for op, its in zip(graph.operators, flops, strict=True)),
        "weight_bytes": graph.weight_bytes,
        "transfer_bytes": graph.transfer_bytes,
        "kv_cache_elements": graph.kv_cache_elements(tokens),
        "kv_cache_bytes": graph.kv_cache_bytes(tokens),
        "rank_kv_cache_bytes": graph.rank_kv_cache_bytes(tokens),
        "rank_state_bytes": graph.rank_state_bytes,
    }


def objects(values: Any) -> NDArray[Any]:
    """Return an array of objects, which are no arrays of what is in them."""
    import numpy as np

    if isinstance(values, np.ndarray):
        return values.astype(object) if values.dtype != object else values
    array = np.empty(len(values), dtype=object)
    for index, value in enumerate(values):
        array[index] = value
    return array


def _has_tuples(values: Any) -> bool:
    """Whether an axis is one of media, whose values are themselves lists."""
    return isinstance(values, (list, tuple)) and any(isinstance(value, (list, tuple)) for value in values)


def grid(**axes: Any) -> dict[str, NDArray[Any]]:
    """Return arrays by name that broadcast to all combinations of the axes' values, one axis for each.

    The figures of `m.sweep(**la.grid(tp_size=[1, 2, 4], batch_size=[1, 8]))` are arrays of 3 x 2 numbers.

    Raises:
        MissingExtra: numpy is not installed.
    """
    need(*NUMPY)
    import numpy as np

    arrays = [
        objects(values) if _has_tuples(values) else np.atleast_1d(np.asarray(values)).ravel()
        for values in axes.values()
    ]
    return dict(zip(axes, np.meshgrid(*arrays, indexing="ij", sparse=True), strict=True))
