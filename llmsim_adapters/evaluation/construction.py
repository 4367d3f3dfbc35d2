"""Having a builder build: its own code isolated, the package's code called directly."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from llmsim_adapters.graph.graph import OperatorGraph
from llmsim_adapters.lowerings.components import BUILT_IN
from llmsim_adapters.lowerings.wiring import wire
from llmsim_adapters.plugins.builder import Builder
from llmsim_adapters.plugins.isolation import PluginError, isolated

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

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
    if without:
        spec = registered.features.without(spec, without)
    wiring = partial(wire, lowerings=registered.lowerings, tracer=tracer, traced=traced)
    builder = entry.builder
    own_code = type(builder).build is not Builder.build
    if not own_code and (
        len(registered.lowerings) == len(BUILT_IN)
        or all(component.__class__ in BUILT_IN for component in spec.components())
    ):
        return wiring(spec, schedule)
    graph = isolated(lambda: builder.build(spec, schedule, wiring))
    if not isinstance(graph, OperatorGraph):
        message = f"`build` returned {type(graph).__name__}; expected an OperatorGraph"
        raise PluginError(message)
    return graph
