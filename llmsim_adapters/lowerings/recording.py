"""Recordings: how the graph of a layout follows from the sizes of a step, without its lowerings.

They run once on `Size`s in place of integers, and a tape keeps what is computed with these; graphs of other sizes are
computed by the tape alone. It has the branches that the lowerings took, too: a step that takes others is not computed.
"""

from __future__ import annotations

import operator
from copy import copy
from functools import partial
from operator import attrgetter, itemgetter
from typing import TYPE_CHECKING, Any, Final

from llmsim_adapters.graph.cache import Cache
from llmsim_adapters.graph.graph import OperatorGraph
from llmsim_adapters.graph.operator import Operator
from llmsim_adapters.graph.schedule import STEP, Schedule, layout_of
from llmsim_adapters.graph.transfer import Transfer

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import TypeAlias

    Tracer: TypeAlias = Callable[[], Mapping[str, Operator]] | None
    Lower: TypeAlias = Callable[[Schedule, Tracer], OperatorGraph]

_sizes: Final = attrgetter(*STEP)
_MOST_LAYOUTS: Final = 256
_MOST_RECORDINGS: Final = 4
"""Of one layout. Where there are more, its branches hardly repeat."""


class Kept:
    """The recordings of one spec, by what is no size of a schedule: its layout."""

    def __init__(self) -> None:
        self._recordings: dict[tuple[object, ...], list[Recording]] = {}

    def graph(self, schedule: Schedule, tracer: Tracer, lower: Lower) -> OperatorGraph:
        """Return the graph that `lower` gives under a schedule; it is recorded where a layout is asked for again."""
        layout = layout_of(schedule)
        recordings = self._recordings.get(layout)
        if recordings is None:
            graph = lower(schedule, tracer)
            if len(self._recordings) >= _MOST_LAYOUTS:
                self._recordings.clear()
            self._recordings[layout] = []
            return graph
        for recording in recordings:
            try:
                return recording.graph(schedule, tracer)
            except Differs:
                pass
        if len(recordings) == _MOST_RECORDINGS:
            return lower(schedule, tracer)
        recorded = Recording(schedule, lower)
        recordings.append(recorded)
        return recorded.graph(schedule, tracer)


class Recording:
    """The lowerings of one layout, as they ran on a step of some sizes."""

    __slots__ = (
        "_caches",
        "_computed",
        "_media",
        "_notes",
        "_operators",
        "_routing",
        "_transfers",
        "_values",
        "_weights",
    )

    def __init__(self, schedule: Schedule, lower: Lower) -> None:
        tape, sized = _Tape(), copy(schedule)
        for name in STEP:
            object.__setattr__(sized, name, tape.given(getattr(schedule, name)))
        graph = lower(sized, tape.given(None))
        self._weights, self._routing, self._notes = graph.weights, graph.routing, graph.notes
        self._media = graph.media
        self._operators, self._caches, self._transfers = (
            [itemgetter(*map(tape.slot, entry)) for entry in entries]
            for entries in (graph.operators, graph.caches, graph.transfers)
        )
        self._computed = [(operation, itemgetter(*operands), slot) for operation, operands, slot in tape.computed]
        self._values = tape.values

    def graph(self, schedule: Schedule, tracer: Tracer) -> OperatorGraph:
        """Return the graph under a schedule of the layout.

        Raises:
            Differs: its sizes take other branches.
        """
        values = self._values.copy()
        values[:4] = *_sizes(schedule), tracer  # as they were given to the tape
        for operation, operands, slot in self._computed:
            values[slot] = operation(*operands(values))
        return OperatorGraph(
            schedule,
            tuple([_operator(of(values)) for of in self._operators]),
            self._weights,
            tuple([_cache(of(values)) for of in self._caches]),
            self._routing,
            tuple([_transfer(of(values)) for of in self._transfers]),
            self._notes,
            self._media,
        )


_operator: Final[Callable[[tuple[Any, ...]], Operator]] = partial(tuple.__new__, Operator)
_cache: Final[Callable[[tuple[Any, ...]], Cache]] = partial(tuple.__new__, Cache)
_transfer: Final[Callable[[tuple[Any, ...]], Transfer]] = partial(tuple.__new__, Transfer)


class Differs(Exception):
    """A step takes another branch than the one that was recorded."""


class _Tape:
    """Values, each in a slot: what a step gives, what is the same in every step, and what is `computed` of others."""

    def __init__(self) -> None:
        self.values: list[Any] = []
        self.computed: list[tuple[Callable[..., Any], tuple[int, ...], int]] = []
        self._slots: dict[tuple[object, ...], int] = {}

    def given(self, value: Any) -> Any:
        """Return what stands for something that each step gives."""
        return Size(self, self._put(value))

    def slot(self, value: Any) -> int:
        """Return where a value is."""
        if value.__class__ is Size:
            return int(value.slot)
        key = value.__class__, value
        slot = self._slots.get(key)
        if slot is None:
            slot = self._slots[key] = self._put(value)
        return slot

    def compute(self, operation: Callable[..., Any], *operands: Any) -> Size:
        """Return what stands for the result of an operation; of the same ones it is computed once."""
        slots = tuple([self.slot(operand) for operand in operands])
        key = operation, slots
        slot = self._slots.get(key)
        if slot is None:
            slot = self._slots[key] = self._put(operation(*[self.values[slot] for slot in slots]))
            self.computed.append((operation, slots, slot))
        return Size(self, slot)

    def _put(self, value: Any) -> int:
        self.values.append(value)
        return len(self.values) - 1


def _recorded(operation: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    return lambda size, other: size.tape.compute(operation, size, other)


def _reflected(operation: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    return lambda size, other: size.tape.compute(operation, other, size)


class Size:
    """An integer that a step decides, or the answer to a comparison with one; lowerings compute with it as with any.

    Where one is asked for its value, as branches do, that value is part of the recording.
    """

    __slots__ = ("slot", "tape")

    def __init__(self, tape: _Tape, slot: int) -> None:
        self.tape = tape
        self.slot = slot

    __add__, __radd__ = _recorded(operator.add), _reflected(operator.add)
    __sub__, __rsub__ = _recorded(operator.sub), _reflected(operator.sub)
    __mul__, __rmul__ = _recorded(operator.mul), _reflected(operator.mul)
    __floordiv__, __rfloordiv__ = _recorded(operator.floordiv), _reflected(operator.floordiv)
    __mod__, __rmod__ = _recorded(operator.mod), _reflected(operator.mod)
    __lt__, __le__, __gt__, __ge__ = map(_recorded, (operator.lt, operator.le, operator.gt, operator.ge))
    __eq__, __ne__ = map(_recorded, (operator.eq, operator.ne))

    def __neg__(self) -> Any:
        return 0 - self

    def __repr__(self) -> str:
        return f"{self.tape.values[self.slot]}"

    def __format__(self, form: str) -> str:
        return format(self.tape.values[self.slot], form)

    def __bool__(self) -> bool:
        return bool(self._decided(self != 0))

    def __index__(self) -> int:
        return int(self._decided(self))

    __int__ = __index__

    def __hash__(self) -> int:
        return hash(int(self))

    def choose(self, yes: Any, no: Any) -> Any:
        """Return one of two integers by this answer."""
        return self.tape.compute(_chosen, self, yes, no)

    def _decided(self, size: Any) -> Any:
        value = self.tape.values[size.slot]
        self.tape.compute(_agree, size, value)
        return value


def _chosen(answer: bool, yes: int, no: int) -> int:
    return yes if answer else no


def _agree(value: object, recorded: object) -> None:
    if value != recorded:
        raise Differs
