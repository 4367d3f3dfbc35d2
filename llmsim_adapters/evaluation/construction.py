"""Having a builder build: its own code isolated, the package's code called directly."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from llmsim_adapters.graph.schedule import ScheduleError
from llmsim_adapters.lowerings.wiring import wire
from llmsim_adapters.plugins import soundness
from llmsim_adapters.text import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from llmsim_adapters.graph.graph import OperatorGraph
    from llmsim_adapters.graph.operator import Operator
    from llmsim_adapters.graph.schedule import Schedule
    from llmsim_adapters.lowerings.recording import Kept
    from llmsim_adapters.plugins.isolation import Guest
    from llmsim_adapters.plugins.registered import Registered, RegisteredBuilder
    from llmsim_adapters.spec.model import ModelSpec


def construct(
    entry: RegisteredBuilder,
    registered: Registered,
    spec: ModelSpec,
    schedule: Schedule,
    *,
    without: Collection[str] = (),
    reread: Callable[[], ModelSpec] | None = None,
    traced: bool = False,
    kept: Kept | None = None,
) -> OperatorGraph:
    """Return the graph that a builder makes of a spec without the features that it does not model.

    `reread` gives the spec once more, of traced numbers, where somebody asks an operator for its `trace`; `traced`
    says that this is such a spec. `kept` is what the package's own code keeps of graphs of this spec.

    Raises:
        PluginError: the builder's own code raised, did not answer in time, or did not return a graph.
        ScheduleError: the model can't be spread over ranks as the schedule says.
    """
    known = tuple([name for name in without if name in registered.features])
    tracer = None if reread is None else partial(_trace, entry, registered, schedule, without, reread)
    wiring = partial(wire, lowerings=registered.lowerings, engines=registered.engines, tracer=tracer, traced=traced)
    guest = guest_of(entry, registered, spec)
    if guest is None:
        return wiring(registered.features.without(spec, known), schedule, kept=kept)

    def call() -> OperatorGraph | str:
        reduced = registered.features.without(spec, known)
        try:
            graph = entry.builder.build(reduced, schedule, wiring)
        except ScheduleError as error:
            return str(error)
        return soundness.graph(graph, schedule)

    answer = guest.run(call)
    if isinstance(answer, str):
        raise ScheduleError(printable(answer))
    return answer


def guest_of(entry: RegisteredBuilder, registered: Registered, spec: ModelSpec) -> Guest | None:
    """Return the plugin whose code runs when a builder builds a spec, or None where there is only the package's.

    A spec of a plugin's dialect may have its components, whose code runs when they are looked at or lowered.
    """
    return entry.guest if entry.builds_itself else registered.guests.get(spec.model_type)


def _trace(
    entry: RegisteredBuilder,
    registered: Registered,
    schedule: Schedule,
    without: Collection[str],
    reread: Callable[[], ModelSpec],
) -> dict[str, Operator]:
    """Return the operators of traced numbers, by path."""
    graph = construct(entry, registered, reread(), schedule, without=without, traced=True)
    return {operator.path: operator for operator in graph.operators}
