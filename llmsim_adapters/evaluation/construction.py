"""Having a builder build: its own code isolated, the package's code called directly."""

from __future__ import annotations

from copy import copy
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from llmsim_adapters.dialects.read import read
from llmsim_adapters.errors import AdapterError, InternalError, internal
from llmsim_adapters.gap import GapKind
from llmsim_adapters.graph.schedule import ScheduleError
from llmsim_adapters.lowerings.wiring import wire
from llmsim_adapters.plugins import soundness
from llmsim_adapters.plugins.isolation import PluginError
from llmsim_adapters.plugins.manager import registered as registered_here
from llmsim_adapters.text import printable

if TYPE_CHECKING:
    from collections.abc import Collection

    from llmsim_adapters.graph.graph import OperatorGraph
    from llmsim_adapters.graph.operator import Operator
    from llmsim_adapters.graph.schedule import Schedule
    from llmsim_adapters.lowerings.recording import Kept
    from llmsim_adapters.plugins.isolation import Guest
    from llmsim_adapters.plugins.registered import Registered, RegisteredBuilder
    from llmsim_adapters.sources import Content
    from llmsim_adapters.spec.model import ModelSpec

FAILURES: Final = (PluginError, InternalError)
"""What `construct` raises where a builder fails, whoever's code it is."""

_BUGS: Final = (
    *(ArithmeticError, AssertionError, AttributeError, LookupError, MemoryError),
    *(RecursionError, TypeError, ValueError),
)
"""What code raises that nobody meant to raise; sweeps and recordings have exceptions of their own."""


def construct(
    entry: RegisteredBuilder,
    registered: Registered,
    spec: ModelSpec,
    schedule: Schedule,
    *,
    without: Collection[str] = (),
    config: Content | None = None,
    traced: bool = False,
    kept: Kept | None = None,
) -> OperatorGraph:
    """Return the graph that a builder makes of a spec without the features that it does not model.

    `config` is read once more, with traced numbers, where somebody asks an operator for its `trace`; `traced` says that
    this spec was read so. `kept` is what the package's own code keeps of graphs of this spec.

    Raises:
        PluginError: the builder's own code raised, did not answer in time, or did not return a graph.
        InternalError: the package's own code raised what it should not.
        ScheduleError: the model can't be spread over ranks as the schedule says.
    """
    known = tuple([name for name in without if name in registered.features])
    tracer = None if config is None else Tracer(config, entry.name, schedule, known, registered)
    lowerings, engines = registered.lowerings, registered.plugged_engines
    wiring = partial(wire, lowerings=lowerings, engines=engines, tracer=tracer, traced=traced)
    guest = guest_of(entry, registered, spec, schedule)
    if guest is None:
        try:
            return wiring(registered.features.without(spec, known), schedule, kept=kept)
        except AdapterError:
            raise
        except _BUGS as error:
            raise InternalError(internal(error)) from error

    def call() -> OperatorGraph | str:
        reduced = registered.features.without(spec, known)
        try:
            graph = entry.builder.build(copy(reduced), copy(schedule), wiring)  # what it does to them is its own affair
        except ScheduleError as error:
            return str(error)
        return soundness.graph(graph, schedule)

    answer = guest.run(call)
    if isinstance(answer, str):
        raise ScheduleError(printable(answer))
    return answer


def guest_of(
    entry: RegisteredBuilder, registered: Registered, spec: ModelSpec, schedule: Schedule | None = None
) -> Guest | None:
    """Return the plugin whose code runs when a builder builds a spec, or None where there is only the package's.

    A spec of a plugin's dialect may have its components, whose code runs when they are looked at or lowered; a plugin's
    engine has rules with code.
    """
    guest = entry.guest if entry.builds_itself else registered.guest_of_type(spec)
    if guest is None and schedule is not None and (engine := registered.engines.get(schedule.engine)) is not None:
        return engine.guest
    return guest


def reread(config: Content, registered: Registered) -> ModelSpec:
    """Return the spec of a config that was read before, of traced numbers.

    Raises:
        PluginError: there was one, so only a plugin's dialect that is gone, or fails now and then, comes to this.
    """
    reading = read(config.data, registered.dialects, traced=True, sidecars=config.sidecars)
    if reading.spec is None:
        said = next((gap.detail for gap in reading.gaps if gap.kind is GapKind.PLUGIN_ERROR), "")
        message = "the config could not be read a second time" + (f": {said}" if said else "")
        raise PluginError(message)
    return reading.spec


class Tracer:
    """Gives the operators of a graph once more, by path, of traced numbers.

    Tracers are equal where config, builder and schedule are. What plugins registered is code, and not pickled with one:
    it asks what is registered in the process that it comes to, at its first use.
    """

    __slots__ = ("_asked", "_registered")

    def __init__(
        self,
        config: Content,
        builder: str,
        schedule: Schedule,
        without: tuple[str, ...],
        registered: Registered | None = None,
    ) -> None:
        self._asked = config, builder, schedule, without
        self._registered = registered

    def __call__(self) -> dict[str, Operator]:
        config, builder, schedule, without = self._asked
        registered = self._registered or registered_here()
        entry = registered.builders.get(builder)
        if entry is None:
            message = f"builder {printable(builder)} is not registered in this process, so its formulas can't be shown"
            raise PluginError(message)
        spec = reread(config, registered)
        graph = construct(entry, registered, spec, schedule, without=without, traced=True)
        return {operator.path: operator for operator in graph.operators}

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Tracer) and self._asked == other._asked

    def __hash__(self) -> int:
        return hash(self._asked[1:])

    def __reduce__(self) -> tuple[Any, ...]:
        return Tracer, self._asked
