"""Structures: configs that are the same but for their numbers share what dialects, builders and lowerings compute.

The second config of a structure is read, claimed and built once more, on a tape (`recording/tape.py`) to which the
numbers of its config and of the step are given. A third one costs the arithmetic of that, as far as it takes the same
branches. Nothing is shared by content: what is kept are formulas.
"""

from __future__ import annotations

from collections import OrderedDict
from functools import partial
from threading import Lock
from typing import TYPE_CHECKING, Any, Final
from weakref import WeakKeyDictionary

from llmsim_adapters.evaluation.evaluator import Evaluation
from llmsim_adapters.evaluation.graphs import OWN_SCHEDULE
from llmsim_adapters.evaluation.shape import shape_of
from llmsim_adapters.evaluation.taped import OnTape, Recording
from llmsim_adapters.graph.pending import PendingGraph
from llmsim_adapters.graph.schedule import layout_of
from llmsim_adapters.lowerings.recording import sizes_of
from llmsim_adapters.recording.tape import Differs

if TYPE_CHECKING:
    from collections.abc import Callable

    from llmsim_adapters.evaluation.shape import Shape
    from llmsim_adapters.graph.graph import OperatorGraph
    from llmsim_adapters.graph.schedule import Schedule
    from llmsim_adapters.plugins.registered import Registered
    from llmsim_adapters.sources import RawConfig

MOST: Final = 512
"""How many structures are kept, and how many recordings of all of them together: of 50 to 200 kB each."""
_MOST_RECORDINGS: Final = 16
"""Of one structure. Where there are more, its branches hardly repeat."""


class _Known:
    """What is known of a structure: the integers of the config that it was first seen in, and its recordings."""

    __slots__ = ("first", "fit", "met", "missed", "recordings")

    def __init__(self, first: list[int]) -> None:
        self.first = first
        self.recordings: list[Recording] = []
        self.fit = True
        """Whether it can be recorded."""
        self.met = False
        """Whether it was met again since it was last looked for what to forget."""
        self.missed = 0
        """How many configs no recording was for since the last one was made."""


class Structures:
    """The latest structures that were met, each with its recordings."""

    def __init__(self) -> None:
        self._known: OrderedDict[tuple[Any, ...], _Known] = OrderedDict()
        self._recordings = 0
        self._lock = Lock()

    def recordings(self, key: tuple[Any, ...]) -> list[Recording]:
        """Return what was recorded of a structure."""
        known = self._known.get(key)
        if known is None:
            return []
        known.met = True
        return known.recordings

    def learn(
        self,
        key: tuple[Any, ...],
        integers: list[int],
        record: Callable[[], Recording],
        right: Callable[[Recording], bool],
    ) -> None:
        """Take note of a config that no recording was for: the second one of a structure is recorded.

        Where there are recordings already, of other branches, as many more have to go without before the next is made.
        A recording that is not `right` is not used, nor is anything recorded of its structure again.
        """
        with self._lock:
            known = self._known.get(key)
            if known is None:
                self._known[key] = _Known(integers)
                self._forget()
                return
            if known.first is integers or not known.fit or len(known.recordings) == _MOST_RECORDINGS:
                return
            known.missed += 1
            if known.missed <= len(known.recordings):  # branches that don't repeat aren't worth their recordings
                return
            known.missed = 0
            try:
                recording = record()
                known.fit = right(recording)
            except Exception:  # whatever can't be recorded is computed each time
                known.fit = False
            if known.fit:
                known.recordings.append(recording)
                self._recordings += 1
                self._forget()

    def _forget(self) -> None:
        """Forget the structures that were not met for longest, until there are no more than there may be."""
        while len(self._known) > MOST or self._recordings > MOST:
            key, known = self._known.popitem(last=False)
            if known.met:
                known.met = False
                self._known[key] = known
            else:
                self._recordings -= len(known.recordings)

    def __len__(self) -> int:
        return len(self._known)


class Shared:
    """What one config shares with the others of its structure."""

    __slots__ = ("_content", "_registered", "_shape", "_source", "_structures")

    def __init__(self, shape: Shape, config: RawConfig, registered: Registered, structures: Structures) -> None:
        self._shape, self._structures, self._registered = shape, structures, registered
        self._content, self._source = config.content, config.provenance

    def graph(self, schedule: Schedule) -> OperatorGraph | None:
        """Return the graph of the best claim under a schedule, where a recording gives it."""
        values = self._values(schedule)
        for recording in self._structures.recordings((self._shape.structure, layout_of(schedule))):
            try:
                recording.enter(values)
            except Differs:
                continue
            return self._pending(recording, values, schedule)
        return None

    def evaluation(self) -> Evaluation | None:
        """Return the answer for the model and the graph behind it, where a recording gives both."""
        values = self._values(OWN_SCHEDULE)
        for recording in self._structures.recordings((self._shape.structure, None)):
            try:
                recording.enter(values)
                coverage = recording.coverage(values, self._source)
            except Differs:
                continue
            return Evaluation(coverage, self._pending(recording, values, OWN_SCHEDULE))
        return None

    def learn(self, schedule: Schedule, graph: OperatorGraph) -> None:
        """Take note of a graph that no recording gave."""
        key = self._shape.structure, layout_of(schedule)
        self._learn(key, schedule, lambda recording: recording.gives(graph))

    def learn_evaluation(self, found: Evaluation) -> None:
        """Take note of an evaluation that no recording gave."""
        coverage, graph = found
        if graph is None:
            return
        values = self._values(OWN_SCHEDULE)
        key = self._shape.structure, None
        self._learn(key, OWN_SCHEDULE, lambda taped: taped.gives(graph) and taped.covers(coverage, values))

    def _learn(self, key: tuple[Any, ...], schedule: Schedule, right: Callable[[Recording], bool]) -> None:
        record = partial(Recording, self._content, schedule, self._registered)
        self._structures.learn(key, self._shape.integers, record, right)

    def _values(self, schedule: Schedule) -> list[Any]:
        return [*self._shape.integers, *sizes_of(schedule)]

    def _pending(self, recording: Recording, values: list[Any], schedule: Schedule) -> PendingGraph:
        return PendingGraph(schedule, OnTape(recording, values, self._content, schedule, self._registered))


_STRUCTURES: Final[WeakKeyDictionary[Registered, Structures]] = WeakKeyDictionary()


def shared(config: RawConfig, registered: Registered) -> Shared | None:
    """Return what a config shares; None where plugins' code may run, which is not recorded, or it has no shape."""
    shape = shape_of(config.content) if _ours_alone(registered) else None
    return None if shape is None else Shared(shape, config, registered, structures(registered))


def structures(registered: Registered) -> Structures:
    """Return the structures that were met beside what is registered."""
    return _STRUCTURES.setdefault(registered, Structures())


def _ours_alone(registered: Registered) -> bool:
    """Whether all code that reads, claims and builds is the package's own."""
    if registered.dialects or registered.engines or registered.lowerings.of_plugins():
        return False
    return not any(entry.claims_itself or entry.builds_itself for entry in registered.builders.values())
