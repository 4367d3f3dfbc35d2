"""The graphs behind claims: that of the best claim which holds, and how others and an external total differ from it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from llmsim_adapters.errors import InternalError
from llmsim_adapters.evaluation.construction import FAILURES, construct
from llmsim_adapters.gap import Gap, GapKind
from llmsim_adapters.graph.schedule import Schedule, ScheduleError
from llmsim_adapters.plugins.claim import Claim
from llmsim_adapters.plugins.isolation import PluginError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmsim_adapters.evaluation.total import Total
    from llmsim_adapters.graph.graph import OperatorGraph
    from llmsim_adapters.plugins.registered import Registered, RegisteredBuilder
    from llmsim_adapters.sources import Content
    from llmsim_adapters.spec.model import ModelSpec

OWN_SCHEDULE = Schedule(engine="checkpoint")
"""The schedule of the graphs that claims and totals rest on: what the files hold, whatever engine is asked for."""


def failed(claim: Claim, error: str, kind: GapKind = GapKind.PLUGIN_ERROR) -> Claim:
    gap = Gap(kind, claim.builder, error)
    return claim._replace(claims=False, gaps=(*claim.gaps, gap))


def build_best(
    claims: list[Claim],
    registered: Registered,
    spec: ModelSpec,
    config: Content | None,
) -> tuple[OperatorGraph | None, list[Claim]]:
    """Return the graph of the best claim that holds, and the claims with those that did not hold put last."""
    while claims[:1] and claims[0].claims:
        best = claims[0]
        entry = registered.builders[best.builder]
        try:
            graph = construct(entry, registered, spec, OWN_SCHEDULE, without=unsupported(best), config=config)
            sound(graph)
        except (*FAILURES, ScheduleError) as error:
            kind = GapKind.BUILD_ERROR if isinstance(error, InternalError) else GapKind.PLUGIN_ERROR
            claims = sorted([failed(best, _told(entry, error), kind), *claims[1:]], key=Claim.rank)
        else:
            return graph, claims
    return None, claims


def sound(graph: OperatorGraph) -> None:
    """Refuse a graph with a tensor of nothing: whatever a config said to make it, no figure of it is right.

    Raises:
        InternalError: it has one.
    """
    for weight in graph.weights:
        if not all(size > 0 for size in weight.shape):
            shape = " × ".join([str(size) for size in weight.shape])
            message = f"the tensor `{weight.stack}.{weight.name}` would be {shape}, {weight.count} times"
            raise InternalError(message)


def _told(entry: RegisteredBuilder, error: Exception) -> str:
    return f"{entry.guest.label}: {error}" if isinstance(error, ScheduleError) else str(error)


def unsupported(claim: Claim) -> tuple[str, ...]:
    """Return the features of a model that a claiming builder does not model."""
    return tuple([gap.name for gap in claim.gaps if gap.kind is GapKind.UNSUPPORTED_FEATURE])


def mismatch(total: Total, graph: OperatorGraph) -> Gap | None:
    """Return the gap of a graph whose total is not the external one."""
    figure = total.of(graph)
    if figure == total.value:
        return None
    counted = " + ".join(total.counts)
    detail = f"the graph has {figure:,} {counted}, {total.source} says {total.value:,}"
    return Gap(GapKind.COUNT_MISMATCH, "total", detail)


_COMPARED: Final = ("parameters", "flops", "kv_cache_elements_per_token")


def compared(claims: list[Claim], best: OperatorGraph, registered: Registered, spec: ModelSpec) -> Iterator[Claim]:
    """Yield the other claims, those in full that make graphs of their own with what differs from the best one's."""
    for claim in claims:
        if not (claim.claims and claim.builds_itself and not claim.gaps):
            yield claim
            continue
        entry = registered.builders[claim.builder]
        try:
            graph = construct(entry, registered, spec, OWN_SCHEDULE)
        except (PluginError, ScheduleError) as error:
            yield failed(claim, _told(entry, error))
            continue
        pairs = {name: (getattr(graph, name), getattr(best, name)) for name in _COMPARED}
        differing = [f"{name} {own:,} in place of {others:,}" for name, (own, others) in pairs.items() if own != others]
        gap = Gap(GapKind.COUNT_MISMATCH, claim.builder, f"its graph has {', '.join(differing)}")
        yield claim._replace(gaps=(gap,)) if differing else claim
