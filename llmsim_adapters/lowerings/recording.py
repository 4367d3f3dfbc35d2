"""Recordings: how the graph of a layout follows from the sizes of a step, without its lowerings.

They run once on a tape (`recording/tape.py`); graphs of other sizes are computed by the tape alone. It has the branches
that the lowerings took, too: a step that takes others is not computed.
"""

from __future__ import annotations

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

    from llmsim_adapters.recording.tape import Tape

    Tracer: TypeAlias = Callable[[], Mapping[str, Operator]] | None
    Lower: TypeAlias = Callable[[Schedule, Tracer], OperatorGraph]

sizes_of: Final = attrgetter(*STEP)
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
        from llmsim_adapters.recording.tape import Differs  # not for the first graph of a layout

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
        from llmsim_adapters.recording.tape import Tape  # nor this

        tape = Tape()
        graph = lower(of_step(tape, schedule), tape.give(None))
        self._weights, self._routing, self._notes = graph.weights, graph.routing, graph.notes
        self._media = graph.media
        self._operators, self._caches, self._transfers = (
            [itemgetter(*map(tape.slot, entry)) for entry in entries]
            for entries in (graph.operators, graph.caches, graph.transfers)
        )
        self._computed = [(operation, itemgetter(*operands), slot) for operation, operands, slot in tape.computed]
        self._values = tape.values
        tape.ended = True

    def graph(self, schedule: Schedule, tracer: Tracer) -> OperatorGraph:
        """Return the graph under a schedule of the layout.

        Raises:
            Differs: its sizes take other branches.
        """
        values = self._values.copy()
        values[:4] = *sizes_of(schedule), tracer  # as they were given to the tape
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


def of_step(tape: Tape, schedule: Schedule) -> Schedule:
    """Return a schedule whose sizes of the step are given to a tape, in their order."""
    sized = copy(schedule)
    for name in STEP:
        object.__setattr__(sized, name, tape.give(getattr(schedule, name)))
    return sized


_operator: Final[Callable[[tuple[Any, ...]], Operator]] = partial(tuple.__new__, Operator)
_cache: Final[Callable[[tuple[Any, ...]], Cache]] = partial(tuple.__new__, Cache)
_transfer: Final[Callable[[tuple[Any, ...]], Transfer]] = partial(tuple.__new__, Transfer)
