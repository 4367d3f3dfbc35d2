"""The evaluator: asks every builder about a reading, ranks the claims, and has the best one build."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from llmsim_adapters.errors import AdapterError, InternalError, internal
from llmsim_adapters.evaluation.construction import FAILURES, construct
from llmsim_adapters.evaluation.evidence import served, verified
from llmsim_adapters.evaluation.impact import with_impacts
from llmsim_adapters.evaluation.result import Coverage
from llmsim_adapters.evaluation.status import Evidence, Status
from llmsim_adapters.gap import Gap, GapKind, most_telling
from llmsim_adapters.graph.schedule import Schedule, ScheduleError
from llmsim_adapters.plugins import soundness
from llmsim_adapters.plugins.claim import Claim, declared_claim
from llmsim_adapters.plugins.isolation import PluginError
from llmsim_adapters.spec.category import category, text_category
from llmsim_adapters.spec.components import Component, Part

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmsim_adapters.dialects.reading.reading import Reading
    from llmsim_adapters.evaluation.total import Total
    from llmsim_adapters.graph.graph import OperatorGraph
    from llmsim_adapters.plugins.registered import Registered, RegisteredBuilder
    from llmsim_adapters.sources import Content, Provenance
    from llmsim_adapters.spec.category import Category
    from llmsim_adapters.spec.model import ModelSpec

OWN_SCHEDULE = Schedule(engine="checkpoint")
"""The schedule of the graphs that claims and totals rest on: what the files hold, whatever engine is asked for."""


class Evaluation(NamedTuple):
    """The answer for a model and the graph that stands behind it, under the evaluator's own schedule."""

    coverage: Coverage
    graph: OperatorGraph | None


def unavailable(source: Provenance, gap: Gap) -> Coverage:
    """Return the answer where there is no config to read: it can't be had, or is none."""
    status = Status.NOT_EVALUATED if gap.kind is GapKind.CONFIG_UNAVAILABLE else Status.NOT_SUPPORTED
    return Coverage(status, None, None, Evidence.NONE, "", "", (gap,), (), {}, source)


def evaluate(
    reading: Reading,
    source: Provenance,
    registered: Registered,
    total: Total | None = None,
    config: Content | None = None,
) -> Evaluation:
    """Return what the registered builders make of a reading.

    Args:
        reading: what a dialect made of the config.
        source: where the config came from.
        registered: the builders, dialects, features and lowerings at hand.
        total: an external total of this model, to be equalled.
        config: what was read, to be read once more for the formulas that an operator's `trace` shows.
    """
    spec = reading.spec
    if spec is None:
        return Evaluation(_unreadable(reading, source, registered), None)
    try:
        return _of_spec(spec, reading, source, registered, total, config)
    except AdapterError:
        raise
    except Exception as error:  # one model's answer, not the end of a report
        gap = Gap(GapKind.BUILD_ERROR, "evaluation", internal(error))
        return Evaluation(_unreadable(replace(reading, gaps=(*reading.gaps, gap)), source, registered), None)


def _of_spec(
    spec: ModelSpec,
    reading: Reading,
    source: Provenance,
    registered: Registered,
    total: Total | None,
    config: Content | None,
) -> Evaluation:
    try:
        seen = _look(spec, registered)
    except PluginError as error:
        gap = Gap(GapKind.PLUGIN_ERROR, "component", str(error))
        return Evaluation(_unreadable(replace(reading, gaps=(*reading.gaps, gap)), source, registered), None)
    components, features = seen.components, seen.features
    language, asked = (components, features) if seen.language is None else seen.language
    computed = [
        (
            entry,
            declared_claim(name, entry.requirements, reading, seen.family, language, asked)._replace(
                builds_itself=entry.builds_itself
            ),
        )
        for name, entry in registered.builders.items()
    ]
    claims = [_claim(entry, claim, reading) for entry, claim in computed]
    claims.sort(key=Claim.rank)
    claims = with_impacts(claims, spec, registered)
    graph, claims = _build(claims, registered, spec, config)
    best = claims[0] if graph is not None else None
    replaced = registered.replaced.get(reading.dialect)
    gaps = reading.gaps + seen.gaps + (() if replaced is None else (_replaced(reading.dialect, replaced),))
    gaps += tuple([_left_out(name) for name in spec.unmodelled])
    evidence, counted = Evidence.NONE, False
    if best is not None and graph is not None:
        gaps += best.gaps
        missing = verified().missing(reading.dialect if replaced is None else "", components, features)
        entry = registered.builders[best.builder]
        made_by_plugin = entry.builds_itself or not components.isdisjoint(registered.lowerings.of_plugins())
        evidence = Evidence.BUILT if missing or made_by_plugin else Evidence.VERIFIED
        if missing and not gaps and entry.built_in and reading.dialect not in registered.dialects:
            detail = f"no reference facts hold {', '.join(missing)}"
            gaps += (Gap(GapKind.INFERRED, "evidence", detail),)
        if total is not None:
            mismatch = _mismatch(total, graph)
            counted = mismatch is None
            gaps += () if mismatch is None else (mismatch,)
            evidence = Evidence.COUNTED if counted and not made_by_plugin else evidence
        claims = sorted([best, *_compared(claims[1:], graph, registered, spec)], key=Claim.rank)
        graph = graph.by(best.builder, gaps)
    status = Status.NOT_SUPPORTED if best is None else Status.PARTIALLY_SUPPORTED if gaps else Status.FULLY_SUPPORTED
    coverage = Coverage(
        status=status,
        category=seen.category,
        builder=None if best is None else best.builder,
        evidence=evidence,
        architecture=reading.architecture,
        model_type=reading.model_type,
        gaps=gaps if best is not None else most_telling(gaps + _refusal(claims)),
        claims=tuple(claims),
        parameters=reading.parameters,
        source=source,
        path=reading.path,
        without_effect=reading.without_effect,
        notes=reading.notes,
        served=best is not None and replaced is None and reading.architecture in served(),
        counted=counted,
    )
    return Evaluation(coverage, graph)


def _unreadable(reading: Reading, source: Provenance, registered: Registered) -> Coverage:
    claims = tuple(
        Claim(
            name,
            claims=False,
            missing_parameters=tuple(p for p in entry.requirements.parameters if p not in reading.parameters),
        )
        for name, entry in sorted(registered.builders.items())
    )
    return Coverage(
        Status.NOT_SUPPORTED,
        None,
        None,
        Evidence.NONE,
        reading.architecture,
        reading.model_type,
        most_telling(reading.gaps),
        claims,
        reading.parameters,
        source,
        reading.path,
        reading.without_effect,
    )


class _Seen(NamedTuple):
    """What the claims rest on: a spec's kinds of component, features and categories, and what could not be told.

    Where there are towers, builders are asked for those of the `language` model alone, and for having towers at all.
    """

    components: frozenset[str]
    features: frozenset[str]
    family: Category
    category: Category
    gaps: tuple[Gap, ...] = ()
    language: tuple[frozenset[str], frozenset[str]] | None = None


def _look(spec: ModelSpec, registered: Registered) -> _Seen:
    """Return what a spec has; a spec of a plugin's dialect may have its components, so their code runs isolated.

    Raises:
        PluginError: a plugin's component can't be looked at.
    """

    guest = registered.guest_of_type(spec)
    nodes = spec.nodes() if guest is None else guest.run(spec.nodes)
    classes = _kinds(nodes)
    kinds = frozenset([kind.kind for kind in classes])
    if spec.towers:
        of_language = spec.language_model()
        language = of_language.nodes() if guest is None else guest.run(of_language.nodes)
        seen = _beside_towers(spec, kinds, nodes, language, registered)
    else:
        seen = _Seen(kinds, registered.features.among(nodes), text_category(classes), category(spec, classes))
    if guest is None:
        return seen
    plugged, gaps = registered.features.plugged_in(nodes)
    if seen.language is not None:
        in_language, _ = registered.features.plugged_in(language)
        seen = seen._replace(language=(seen.language[0], seen.language[1] | in_language))
    return seen._replace(features=seen.features | plugged, gaps=seen.gaps + gaps)


def _beside_towers(
    spec: ModelSpec, kinds: frozenset[str], nodes: list[Any], of_language: list[Any], registered: Registered
) -> _Seen:
    """Return what a spec with towers has, and what is not counted of them."""
    known = registered.features
    classes = _kinds(of_language)
    language = frozenset([kind.kind for kind in classes])
    features = known.among([spec, *of_language])
    gaps = tuple(
        Gap(GapKind.UNSUPPORTED_FEATURE, name, uncounted)
        for name in sorted(features)
        if (uncounted := known[name].uncounted) is not None
    )
    family = text_category(classes)
    return _Seen(kinds, known.among(nodes), family, category(spec, classes), gaps, (language, features))


def _kinds(nodes: list[Any]) -> list[type[Component]]:
    kinds = {node.__class__ for node in nodes}
    return [kind for kind in kinds if issubclass(kind, Component) and not issubclass(kind, Part)]


def _claim(entry: RegisteredBuilder, claim: Claim, reading: Reading) -> Claim:
    """Return the builder's claim, refined by its own code where it has any."""
    if not entry.claims_itself:
        return claim

    def call() -> Claim:
        own = replace(reading, parameters=deepcopy(reading.parameters), without_effect=dict(reading.without_effect))
        return soundness.claim(entry.builder.claim(own, claim), claim)

    try:
        return entry.guest.run(call)
    except PluginError as error:
        return _failed(claim, str(error))


def _failed(claim: Claim, error: str, kind: GapKind = GapKind.PLUGIN_ERROR) -> Claim:
    gap = Gap(kind, claim.builder, error)
    return claim._replace(claims=False, gaps=(*claim.gaps, gap))


def _build(
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
            _sound(graph)
        except (*FAILURES, ScheduleError) as error:
            kind = GapKind.BUILD_ERROR if isinstance(error, InternalError) else GapKind.PLUGIN_ERROR
            claims = sorted([_failed(best, _told(entry, error), kind), *claims[1:]], key=Claim.rank)
        else:
            return graph, claims
    return None, claims


def _sound(graph: OperatorGraph) -> None:
    """Refuse a graph with a tensor of nothing: whatever a config said to make it, no figure of it is right.

    Raises:
        InternalError: it has one.
    """
    if min(chain.from_iterable([weight.shape for weight in graph.weights]), default=1) > 0:
        return
    for weight in graph.weights:
        if min(weight.shape) < 1:
            shape = " × ".join([str(size) for size in weight.shape])
            message = f"the tensor `{weight.stack}.{weight.name}` would be {shape}, {weight.count} times"
            raise InternalError(message)


def _told(entry: RegisteredBuilder, error: Exception) -> str:
    return f"{entry.guest.label}: {error}" if isinstance(error, ScheduleError) else str(error)


def unsupported(claim: Claim) -> tuple[str, ...]:
    """Return the features of a model that a claiming builder does not model."""
    return tuple([gap.name for gap in claim.gaps if gap.kind is GapKind.UNSUPPORTED_FEATURE])


def _replaced(model_type: str, owner: str) -> Gap:
    detail = f"{owner} reads `{model_type}` in place of the package's own dialect; no reference facts hold that"
    return Gap(GapKind.INFERRED, "dialect", detail)


def _left_out(name: str) -> Gap:
    return Gap(GapKind.UNSUPPORTED_FEATURE, name, f"the config has `{name}`, which no builder models yet")


def _mismatch(total: Total, graph: OperatorGraph) -> Gap | None:
    """Return the gap of a graph whose total is not the external one."""
    figure = total.of(graph)
    if figure == total.value:
        return None
    counted = " + ".join(total.counts)
    detail = f"the graph has {figure:,} {counted}, {total.source} says {total.value:,}"
    return Gap(GapKind.COUNT_MISMATCH, "total", detail)


_COMPARED: Final = ("parameters", "flops", "kv_cache_elements_per_token")


def _compared(claims: list[Claim], best: OperatorGraph, registered: Registered, spec: ModelSpec) -> Iterator[Claim]:
    """Yield the other claims, those in full that make graphs of their own with what differs from the best one's."""
    for claim in claims:
        if not (claim.claims and claim.builds_itself and not claim.gaps):
            yield claim
            continue
        entry = registered.builders[claim.builder]
        try:
            graph = construct(entry, registered, spec, OWN_SCHEDULE)
        except (PluginError, ScheduleError) as error:
            yield _failed(claim, _told(entry, error))
            continue
        pairs = {name: (getattr(graph, name), getattr(best, name)) for name in _COMPARED}
        differing = [f"{name} {own:,} in place of {others:,}" for name, (own, others) in pairs.items() if own != others]
        gap = Gap(GapKind.COUNT_MISMATCH, claim.builder, f"its graph has {', '.join(differing)}")
        yield claim._replace(gaps=(gap,)) if differing else claim


def _refusal(claims: list[Claim]) -> tuple[Gap, ...]:
    """Return the gaps of the claim that came nearest, for a model that no builder claims."""
    if not claims:
        return (Gap(GapKind.UNSUPPORTED_FEATURE, "builder", "no builder is registered"),)
    failed = next((claim for claim in claims if _has(claim, GapKind.BUILD_ERROR)), claims[0])
    return failed.reasons()


def _has(claim: Claim, kind: GapKind) -> bool:
    return any(gap.kind is kind for gap in claim.gaps)
