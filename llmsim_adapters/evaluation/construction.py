"""Having a builder build: its own code isolated, the package's code called directly."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from llmsim_adapters.lowerings.wiring import wire
from llmsim_adapters.plugins import soundness

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from llmsim_adapters.graph.graph import OperatorGraph
    from llmsim_adapters.graph.operator import Operator
    from llmsim_adapters.graph.schedule import Schedule
    from llmsim_adapters.plugins.manager import Registered, RegisteredBuilder
    from llmsim_adapters.spec.model import ModelSpec


def construct(
    entry: RegisteredBuilder,
    registered: Registered,
    spec: ModelSpec,
    schedule: Schedule,
    *,
    without: Collection[str] = (),
    tracer: Callable[[], Mapping[str, Operator]] | None = None,
    traced: bool = False,
) -> OperatorGraph:
    """Return the graph that a builder makes of a spec without the features that it does not model.

    Raises:
        PluginError: the builder's own code raised, did not answer in time, or did not return a graph.
    """
    known = tuple(name for name in without if name in registered.features)
    wiring = partial(wire, lowerings=registered.lowerings, tracer=tracer, traced=traced)
    # A spec of a plugin's dialect may have its components, whose code runs when they are looked at or lowered.
    guest = entry.guest if entry.builds_itself else registered.guests.get(spec.model_type)
    if guest is None:
        return wiring(registered.features.without(spec, known), schedule)

    def call() -> OperatorGraph:
        reduced = registered.features.without(spec, known)
        return soundness.graph(entry.builder.build(reduced, schedule, wiring), schedule)

    return guest.run(call)
