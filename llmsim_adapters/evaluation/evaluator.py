"""The evaluator: asks every builder about a reading, ranks the claims, and has the best one build."""

from __future__ import annotations

from copy import copy, deepcopy
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Final, NamedTuple

from llmsim_adapters.errors import AdapterError, internal
from llmsim_adapters.evaluation.evidence import served, verified
from llmsim_adapters.evaluation.graphs import build_best, compared, failed, mismatch
from llmsim_adapters.evaluation.impact import with_impacts
from llmsim_adapters.evaluation.result import Coverage
from llmsim_adapters.evaluation.seen import look
from llmsim_adapters.evaluation.status import Evidence, Status
from llmsim_adapters.gap import Gap, GapKind, most_telling
from llmsim_adapters.plugins import soundness
from llmsim_adapters.plugins.claim import Claim, Standing, standing
from llmsim_adapters.plugins.isolation import PluginError

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reading import Reading
    from llmsim_adapters.evaluation.recorded import Recorded
    from llmsim_adapters.evaluation.seen import Seen
    from llmsim_adapters.evaluation.total import Total
    from llmsim_adapters.graph.graph import OperatorGraph
    from llmsim_adapters.plugins.registered import Registered, RegisteredBuilder
    from llmsim_adapters.sources import Content, Provenance
    from llmsim_adapters.spec.category import Category
    from llmsim_adapters.spec.model import ModelSpec


_AGAIN: Final = "a recorded proof is of a graph that has its tensors in other shapes, of the same bytes: prove it again"


class Evaluation(NamedTuple):
    """The answer for a model and the graph that stands behind it, under the evaluator's own schedule."""

    coverage: Coverage
    graph: OperatorGraph | None


def unavailable(source: Provenance, gap: Gap) -> Coverage:
    """Return the answer where there is no config to read: it can't be had, or is none."""
    status = Status.NOT_EVALUATED if gap.kind is GapKind.CONFIG_UNAVAILABLE else Status.NOT_SUPPORTED
    return Coverage(status, None, None, Evidence.NONE, "", "", (gap,), (), {}, source)


class Assessed:
    """What the builders say before any of them builds, and the gaps that are not theirs.

    Attributes:
        seen: what the claims rest on.
        gaps: the gaps of the model whoever builds it.
        unverified: what of the model no reference facts hold.
    """

    def __init__(
        self, seen: Seen, ranked: list[Standing | Claim], gaps: tuple[Gap, ...], unverified: list[str]
    ) -> None:
        self.seen, self.gaps, self.unverified = seen, gaps, unverified
        self._ranked = ranked

    @cached_property
    def best(self) -> Claim | None:
        """The best claim; None where no builder claims the model."""
        first = self._ranked[0] if self._ranked else None
        return None if first is None or not first.claims else _claim_of(first)

    @cached_property
    def claims(self) -> list[Claim]:
        """All claims, best first."""
        return [*map(_claim_of, self._ranked)]


def _claim_of(said: Standing | Claim) -> Claim:
    return said.claim() if isinstance(said, Standing) else said


def assess(spec: ModelSpec, reading: Reading, registered: Registered) -> Assessed:
    """Return what the registered builders say of a spec.

    Raises:
        PluginError: a plugin's component can't be looked at.
    """
    seen = look(spec, registered)
    language, asked = (seen.components, seen.features) if seen.language is None else seen.language
    ranked = _ranked(registered, reading, seen.language_category, language, asked)
    if seen.family is not seen.language_category and not any(said.claims for said in ranked):
        of_layers = _ranked(registered, reading, seen.family, language, asked)
        ranked = of_layers if any(said.claims for said in of_layers) else ranked
    replaced = registered.replaced.get(reading.dialect)
    gaps = reading.gaps + seen.gaps + (() if replaced is None else (_replaced(reading.dialect, replaced),))
    gaps += tuple([_left_out(name) for name in spec.unmodelled])
    dialect = reading.dialect if replaced is None else ""
    return Assessed(seen, ranked, gaps, verified().missing(dialect, seen.components, seen.features))


def in_doubt(best: Claim, assessed: Assessed, reading: Reading, registered: Registered) -> tuple[Gap, ...]:
    """Return the gaps of a model that is built by the best claim, but for an external total."""
    gaps = assessed.gaps + best.gaps
    ours = registered.builders[best.builder].built_in and reading.dialect not in registered.dialects
    if assessed.unverified and not gaps and ours:
        return (Gap(GapKind.INFERRED, "evidence", f"no reference facts hold {', '.join(assessed.unverified)}"),)
    return gaps


def evaluate(
    reading: Reading,
    source: Provenance,
    registered: Registered,
    total: Total | None = None,
    config: Content | None = None,
    assessed: Assessed | None = None,
    recorded: Recorded | None = None,
) -> Evaluation:
    """Return what the registered builders make of a reading.

    Args:
        reading: what a dialect made of the config.
        source: where the config came from.
        registered: the builders, dialects, features and lowerings at hand.
        total: an external total of this model, to be equalled.
        config: what was read, to be read once more for the formulas that an operator's `trace` shows.
        assessed: what the builders say of the reading's spec, where they were asked already.
        recorded: a proof of this model's checkpoint that was kept.
    """
    spec = reading.spec
    if spec is None:
        return Evaluation(_unreadable(reading, source, registered), None)
    try:
        return _of_spec(spec, reading, source, registered, total, config, assessed, recorded)
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
    assessed: Assessed | None,
    recorded: Recorded | None,
) -> Evaluation:
    try:
        assessed = assessed or assess(spec, reading, registered)
    except PluginError as error:
        gap = Gap(GapKind.PLUGIN_ERROR, "component", str(error))
        return Evaluation(_unreadable(replace(reading, gaps=(*reading.gaps, gap)), source, registered), None)
    seen = assessed.seen
    claims = with_impacts(assessed.claims, spec, registered)
    graph, claims = build_best(claims, registered, spec, config)
    best = claims[0] if graph is not None else None
    gaps, notes = assessed.gaps, reading.notes
    evidence, counted, proven = Evidence.NONE, False, False
    if best is not None and graph is not None:
        gaps = in_doubt(best, assessed, reading, registered)
        entry = registered.builders[best.builder]
        made_by_plugin = entry.builds_itself or not seen.components.isdisjoint(registered.lowerings.of_plugins())
        evidence = Evidence.BUILT if made_by_plugin or assessed.unverified else Evidence.VERIFIED
        if total is not None:
            differing = mismatch(total, graph)
            counted = differing is None
            gaps += () if differing is None else (differing,)
            evidence = Evidence.COUNTED if counted and not made_by_plugin else evidence
        if recorded is not None:
            proven = recorded.holds(graph)
            evidence = Evidence.PROVEN if proven and not made_by_plugin else evidence
            if not proven:
                differing = recorded.differs(graph)
                gaps += () if differing is None else (differing,)
                notes += () if differing is not None else (_AGAIN,)
        claims = sorted([best, *compared(claims[1:], graph, registered, spec)], key=Claim.rank)
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
        notes=notes,
        served=best is not None and reading.dialect not in registered.replaced and reading.architecture in served(),
        counted=counted,
        proven=proven,
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


def _ranked(
    registered: Registered, reading: Reading, asked: Category, components: frozenset[str], features: frozenset[str]
) -> list[Standing | Claim]:
    """Return what each builder says of a model that is asked for as one of a category, best first."""
    found: list[Standing | Claim] = []
    for name, entry in registered.builders.items():
        own = entry.builds_itself
        said = standing(name, entry.requirements, reading, asked, components, features, builds_itself=own)
        found.append(_claim(entry, said.claim(), reading) if entry.claims_itself else said)
    return sorted(found, key=lambda said: said.rank())


def _claim(entry: RegisteredBuilder, claim: Claim, reading: Reading) -> Claim:
    """Return the builder's claim, refined by its own code."""

    def call() -> Claim:
        own = replace(
            reading,
            spec=copy(reading.spec),
            parameters=deepcopy(reading.parameters),
            without_effect=dict(reading.without_effect),
        )
        return soundness.claim(entry.builder.claim(own, claim), claim)

    try:
        return entry.guest.run(call)
    except PluginError as error:
        return failed(claim, str(error))


def _replaced(model_type: str, owner: str) -> Gap:
    detail = f"{owner} reads `{model_type}` in place of the package's own dialect; no reference facts hold that"
    return Gap(GapKind.INFERRED, "dialect", detail)


def _left_out(name: str) -> Gap:
    return Gap(GapKind.UNSUPPORTED_FEATURE, name, f"the config has `{name}`, which no builder models yet")


def _refusal(claims: list[Claim]) -> tuple[Gap, ...]:
    """Return the gaps of the claim that came nearest, for a model that no builder claims."""
    if not claims:
        return (Gap(GapKind.UNSUPPORTED_FEATURE, "builder", "no builder is registered"),)
    failed = next((claim for claim in claims if _has(claim, GapKind.BUILD_ERROR)), claims[0])
    return failed.reasons()


def _has(claim: Claim, kind: GapKind) -> bool:
    return any(gap.kind is kind for gap in claim.gaps)
