"""A model on a tape: its graph and its coverage as they follow from the integers of its config and of a step."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from threading import Lock
from typing import TYPE_CHECKING, Any, Final

from llmsim_adapters.dialects.read import read
from llmsim_adapters.evaluation.construction import Tracer
from llmsim_adapters.evaluation.evaluator import assess, evaluate, in_doubt
from llmsim_adapters.evaluation.graphs import sound, unsupported
from llmsim_adapters.evaluation.shape import given
from llmsim_adapters.graph.graph import OperatorGraph
from llmsim_adapters.lowerings.recording import of_step
from llmsim_adapters.lowerings.wiring import wire
from llmsim_adapters.recording.program import program
from llmsim_adapters.recording.tape import Differs, Size, Tape
from llmsim_adapters.sources import Sidecars

if TYPE_CHECKING:
    from collections.abc import Callable

    from llmsim_adapters.evaluation.result import Coverage
    from llmsim_adapters.graph.schedule import Schedule
    from llmsim_adapters.plugins.registered import Registered
    from llmsim_adapters.sources import Content, Provenance

_COVERAGE: Final = "coverage"
_WHOLE: Final = "whole"
_ENTRIES: Final = ("operators", "weights", "caches", "routing", "transfers", "notes", "media", "gaps")


class Recording:
    """What one run of dialect, builders and lowerings computed, and by which branches.

    Its methods take the values of another config and step, in the order in which they were given.
    """

    def __init__(self, content: Content, schedule: Schedule, registered: Registered) -> None:
        tape = Tape()
        files, unread = content.sidecars.files, content.sidecars.unread
        data = given(content.data, tape)
        beside = Sidecars(given(files, tape), given(unread, tape), content.sidecars.complete)
        sized = of_step(tape, schedule)
        tracer = tape.give(None)
        self._given = len(tape.given)
        reading = read(data, registered.dialects, sidecars=beside)
        if reading.spec is None:
            raise Differs
        assessed = assess(reading.spec, reading, registered)
        best = assessed.best
        if best is None:
            raise Differs
        self.builder = best.builder
        self.without = tuple([name for name in unsupported(best) if name in registered.features])
        spec = registered.features.without(reading.spec, self.without)
        graph = wire(spec, sized, lowerings=registered.lowerings, tracer=tracer)
        sound(graph)
        self._graph = graph.by(best.builder, in_doubt(best, assessed, reading, registered))
        self._reading, self._registered = reading, registered
        self._tape = tape
        self._lock = Lock()
        self._programs: dict[tuple[Any, ...], Callable[[list[Any]], Any]] = {}
        self.enter = program(tape, None, guarded=range(len(tape.computed)))
        tape.ended = True

    def answer(self, question: str, arguments: tuple[Any, ...], values: list[Any]) -> Any:
        """Return an attribute of the graph of some values; the first one of `arguments` may be any number.

        Raises:
            Differs: it takes another branch.
        """
        return self._program(question, *arguments)([*values, None, *arguments[:1]])

    def whole(self, values: list[Any], tracer: Tracer) -> Any:
        """Return the entries of the graph of some values, without its schedule."""
        return self._program(_WHOLE)([*values, tracer])

    def coverage(self, values: list[Any], source: Provenance) -> Coverage:
        """Return what the builders make of a config of some values that is from a source.

        Raises:
            Differs: it takes another branch.
        """
        coverage: Coverage = self._program(_COVERAGE)([*values, None, source])
        return coverage

    def _program(self, question: str, *arguments: Any) -> Callable[[list[Any]], Any]:
        """Return the program of an attribute of the graph, of its entries, or of the coverage."""
        key = (question, *arguments[1:])  # the first argument is given each time
        known = self._programs.get(key)
        if known is None:
            known = self._programs[key] = self._written(question, arguments)
        return known

    def _written(self, question: str, arguments: tuple[Any, ...]) -> Callable[[list[Any]], Any]:
        with self._lock:
            tape = self._tape
            tape.ended, before = False, len(tape.computed)
            try:
                if question == _COVERAGE:
                    result: Any = evaluate(self._reading, tape.give(None), self._registered).coverage
                elif question == _WHOLE:
                    result = tuple([getattr(self._graph, name) for name in _ENTRIES])
                else:
                    result = getattr(self._graph, question)
                    if arguments:
                        result = result(tape.give(arguments[0]), *arguments[1:])
                    elif callable(result):
                        result = result()
                return program(tape, result, guarded=range(before, len(tape.computed)))
            finally:
                tape.rewind(before, self._given)  # the next question has its branches to itself
                tape.ended = True

    def gives(self, graph: OperatorGraph) -> bool:
        """Whether the recording is of this graph, entry by entry."""
        pairs = [(getattr(self._graph, name), getattr(graph, name)) for name in (*_ENTRIES, "builder")]
        return all(_same(recorded, value, self._tape.values) for recorded, value in pairs)

    def covers(self, coverage: Coverage, values: list[Any]) -> bool:
        """Whether the recording gives this coverage for the values that it was made of."""
        return _same(coverage, self.coverage(values, coverage.source), [])


def _same(recorded: Any, value: Any, values: list[Any]) -> bool:
    """Whether what was recorded is a value, where sizes have these values; what was given as nothing is any."""
    if type(recorded) is Size:
        said = values[recorded.slot]
        return said is None or bool(said.__class__ is value.__class__ and said == value)
    if recorded.__class__ is not value.__class__:
        return False
    if isinstance(recorded, tuple):
        pairs = [*zip(recorded, value, strict=False)]
        return len(recorded) == len(value) and all(_same(mine, other, values) for mine, other in pairs)
    if isinstance(recorded, dict):
        return [*recorded] == [*value] and all(_same(of, value[key], values) for key, of in recorded.items())
    if is_dataclass(recorded):
        names = [field.name for field in fields(recorded)]
        return all(_same(getattr(recorded, name), getattr(value, name), values) for name in names)
    return bool(recorded == value)


class OnTape:
    """A graph of some values that a recording gives."""

    __slots__ = ("_content", "_recording", "_registered", "_schedule", "_values")

    def __init__(
        self, recording: Recording, values: list[Any], content: Content, schedule: Schedule, registered: Registered
    ) -> None:
        self._recording, self._values = recording, values
        self._content, self._schedule, self._registered = content, schedule, registered

    def answer(self, question: str, *arguments: Any) -> Any:
        try:
            if not arguments or (arguments[0].__class__ is int and arguments[1] is None):
                return self._recording.answer(question, arguments, self._values)
        except Differs:
            pass
        found = getattr(self.whole(), question)
        return found(*arguments) if callable(found) else found

    def whole(self) -> OperatorGraph:
        recording, schedule = self._recording, self._schedule
        tracer = Tracer(self._content, recording.builder, schedule, recording.without, self._registered)
        entries = dict(zip(_ENTRIES, recording.whole(self._values, tracer), strict=True))
        return OperatorGraph(schedule, builder=recording.builder, **entries)
