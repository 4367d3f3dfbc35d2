"""What the page shows of each model: words and figures, the largest first, cut to what a page of 300 has room for."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from llmsim_adapters.gap import GapKind, assumed, most_telling
from llmsim_adapters.graph.figures import component
from llmsim_adapters.graph.graph import MTP
from llmsim_adapters.page.drawing import curve, strip
from llmsim_adapters.spec.dtypes import bytes_of
from llmsim_adapters.text import human, printable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from llmsim_adapters.evaluation.causes import Cause
    from llmsim_adapters.gap import Gap
    from llmsim_adapters.graph.graph import OperatorGraph
    from llmsim_adapters.page.drawing import Strip
    from llmsim_adapters.plugins.claim import Claim
    from llmsim_adapters.report import Report
    from llmsim_adapters.reported import ReportRow

STATUSES: Final = {
    "fully_supported": "fully",
    "partially_supported": "partially",
    "not_supported": "not",
    "not_evaluated": "not evaluated",
}


class Folded(NamedTuple):
    """How much of each model is shown, at most; what is left out is counted."""

    operators: int
    components: int
    gaps: int
    changes: int


FOLDED: Final = (Folded(8, 8, 50, 300), Folded(4, 6, 20, 300), Folded(2, 4, 8, 100), Folded(0, 3, 3, 50))
"""From a page of a few models to one of very many: the first is taken that keeps the page small."""


class Number(NamedTuple):
    """A figure: exact, to sort by, and to three digits, to read."""

    value: int
    text: str


class Share(NamedTuple):
    """A part of a sum: where its bar begins and how wide it is, in thousandths."""

    name: str
    text: str
    start: int
    width: int
    colour: int


class Product(NamedTuple):
    """An operator: what one step of it moves and computes."""

    path: str
    bytes: str
    share: str
    flops: str
    intensity: str


class Doubt(NamedTuple):
    """A gap, and what it does to the figures."""

    kind: str
    name: str
    detail: str
    impact: str


class Model(NamedTuple):
    """One row of the table, and what stands behind it."""

    at: int
    id: str
    name: str
    row: ReportRow
    model_type: str
    status: str
    tone: str
    parameters: Number | None
    active: Number | None
    weights: Number | None
    cache: Number | None
    state: Number | None
    curve: tuple[tuple[int, int], ...]
    strips: tuple[Strip, ...]
    memory: tuple[Share, ...]
    operators: tuple[Product, ...]
    left_out: int
    step: str
    gaps: tuple[Doubt, ...]
    more_gaps: int
    assumptions: tuple[str, ...]
    claims: tuple[tuple[str, str], ...]
    causes: tuple[int, ...]


def models(report: Report, folded: Folded, causes: Sequence[Cause] = ()) -> tuple[Model, ...]:
    """Return what is shown of each model of a report, in its order; `causes` are those that one can filter by."""
    taken: dict[str, int] = {}
    found = []
    for at, row in enumerate(report.rows):
        slug = re.sub(r"[^A-Za-z0-9.]+", "-", row.name).strip("-")[:80] or "model"
        count = taken[slug] = taken.get(slug, 0) + 1
        found.append(_model(at, f"m-{slug}" if count == 1 else f"m-{slug}--{count}", row, folded, causes))
    return tuple(found)


def _model(at: int, identifier: str, row: ReportRow, folded: Folded, causes: Sequence[Cause]) -> Model:
    answer, graph, spec = row.coverage, row.graph, row.spec
    gaps = [gap for gap in most_telling(answer.gaps) if not assumed(gap)]
    operators, left_out = ((), 0) if graph is None else _operators(graph, folded)
    return Model(
        at=at,
        id=identifier,
        name=row.name,
        row=row,
        model_type=answer.model_type or (row.entry and row.entry.model_type) or "",
        status=STATUSES[answer.status.value],
        tone=STATUSES[answer.status.value].split()[-1],
        **_figures(graph),
        curve=() if graph is None else curve(graph),
        strips=() if spec is None or graph is None else tuple(strip(stack) for stack in spec.stacks if stack.order),
        memory=() if graph is None else _memory(graph, folded),
        operators=operators,
        left_out=left_out,
        step="" if graph is None else _step(graph),
        gaps=tuple(_doubt(gap) for gap in gaps[: folded.gaps]),
        more_gaps=max(0, len(gaps) - folded.gaps),
        assumptions=tuple(gap.name for gap in answer.gaps if assumed(gap)),
        claims=tuple((claim.builder, _said(claim)) for claim in answer.claims),
        causes=tuple(at for at, cause in enumerate(causes) if answer.gaps and row.name in cause.models),
    )


def _figures(graph: OperatorGraph | None) -> dict[str, Any]:
    """Return the figures of the table; one that is zero stays away, as it does where there is no graph."""
    if graph is None:
        return dict.fromkeys(("parameters", "active", "weights", "cache", "state"))
    per_token = sum(
        bytes_of(cache.layers * cache.elements_per_entry * cache.per_token, cache.dtype) for cache in graph.growing
    )
    states = sum(cache.bytes(0) for cache in graph.caches if cache.kind == "state")
    return {
        "parameters": _number(graph.parameters, "elements"),
        "active": _number(graph.active_parameters, "elements"),
        "weights": _number(graph.weight_bytes, "bytes"),
        "cache": _number(per_token, "bytes"),
        "state": _number(states, "bytes"),
    }


def _number(value: int, unit: str) -> Number | None:
    return Number(int(value), human(int(value), unit)) if value else None


def _memory(graph: OperatorGraph, folded: Folded) -> tuple[Share, ...]:
    """Return the bytes of the weights by component, the largest first."""
    sums: dict[str, int] = {}
    for weight in graph.weights:
        if weight.stack != MTP or graph.schedule.mtp:
            name = component(weight.stack, weight.name)
            sums[name] = sums.get(name, 0) + int(weight.rank_bytes)
    total = sum(sums.values())
    if not total:
        return ()
    ordered = sorted(sums.items(), key=lambda item: -item[1])
    rest = ordered[folded.components :]
    listed = ordered[: folded.components] + ([("others", sum(size for _, size in rest))] if rest else [])
    shares, done = [], 0
    for colour, (name, size) in enumerate(listed):
        start, end = 1000 * done // total, 1000 * (done + size) // total
        text = f"{human(size, 'bytes')}, {_percent(size, total)}"
        shares.append(Share(name, text, start, end - start, colour % 8))
        done += size
    return tuple(shares)


def _operators(graph: OperatorGraph, folded: Folded) -> tuple[tuple[Product, ...], int]:
    """Return the operators that move most bytes, and the number of the others."""
    moved = [(int(op.bytes), op) for op in graph.operators]
    total = sum(size for size, _ in moved)
    moved.sort(key=lambda pair: -pair[0])
    shown = tuple(
        Product(
            op.path,
            human(size, "bytes"),
            _percent(size, total),
            human(int(op.flops), "FLOPs") if op.flops else "–",
            _ratio(op.flops, size),
        )
        for size, op in moved[: folded.operators]
    )
    return shown, len(moved) - len(shown)


def _ratio(flops: int, size: int) -> str:
    if not (flops and size):
        return "–"
    ratio = flops / size
    return f"{ratio:,.0f}" if ratio >= 100 else f"{ratio:.3g}"


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole else ""


def _step(graph: OperatorGraph) -> str:
    schedule = graph.schedule
    doing = "decode" if schedule.mode == "decode" else "prefill"
    of = f"{schedule.batch_size} × {schedule.seq_len:,}" if schedule.batch_size > 1 else f"{schedule.seq_len:,}"
    return f"{doing} of {of} tokens"


def _doubt(gap: Gap) -> Doubt:
    impact, said = gap.impact, ""
    if impact is not None:
        said = (
            f"× {impact.parameters:.4g} parameters, × {impact.flops:.4g} FLOPs, "
            f"× {impact.kv_cache:.4g} cache at {impact.tokens:,} tokens"
        )
    elif gap.kind.value not in ("config_unavailable", "invalid_config"):
        said = "unknown"
    return Doubt(str(gap.kind), gap.name, gap.detail, said)


def _said(claim: Claim) -> str:
    """Return in a few words what a builder says of a model."""
    reasons = claim.reasons()
    if not reasons:
        return "in full" if claim.claims else "no"
    raised = reasons[0].kind in (GapKind.PLUGIN_ERROR, GapKind.BUILD_ERROR)
    first = printable(reasons[0].detail if raised else f"{reasons[0].kind} {reasons[0].name}", 160)
    more = f" and {len(reasons) - 1} more" if len(reasons) > 1 else ""
    return f"{'but for' if claim.claims else 'no:'} {first}{more}"
