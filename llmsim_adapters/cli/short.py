"""What `explain` says of one model on one screen: the answer with its reason, and the figures with their shares."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

from llmsim_adapters.cli.document import Cell, Document, Section, section, table
from llmsim_adapters.cli.media import seen
from llmsim_adapters.cli.words import EVIDENCE, human, share, step, support
from llmsim_adapters.evaluation.status import Status
from llmsim_adapters.gap import GapKind
from llmsim_adapters.graph.figures import figures
from llmsim_adapters.spec.dtypes import short

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from llmsim_adapters.evaluation.result import Coverage
    from llmsim_adapters.gap import Gap
    from llmsim_adapters.graph.cache import Cache
    from llmsim_adapters.graph.figures import Figure
    from llmsim_adapters.graph.graph import OperatorGraph
    from llmsim_adapters.graph.schedule import Schedule

_Row: TypeAlias = tuple[str, str, str, Cell]

WHY: Final = "Why?  --why FIGURE|OPERATOR|gaps|builders|config|notes    All of it:  --full"

_WORST_FIRST: Final = tuple(
    GapKind(name)
    for name in (
        *("config_unavailable", "invalid_config", "conflicting_keys", "missing_parameter", "count_mismatch"),
        *("build_error", "plugin_error", "unread_key", "unsupported_feature", "inferred"),
    )
)
SCREEN: Final = 24
"""Lines of a terminal as it opens."""

_SHOWN: Final = 4
_NAMED: Final = 3
_FORMATS: Final = 3
_LONGEST: Final = 76
_BESIDE: Final = 41


def document(source: str, coverage: Coverage, schedule: Schedule, graph: OperatorGraph | None) -> Document:
    """Return the short answer; `graph` is None where none could be built."""
    answer = list(_answer(coverage, graph))
    figures: list[Section] = []
    lines = 2 + len(answer)  # with the title and the last line
    if graph is not None:
        rows = list(_rows(graph, schedule.context_len + schedule.seq_len))
        said = f"Step: {step(schedule)}"
        media = _media(graph)
        lines += 3 + _lines(said) + len(media) + sum(1 + len(beside.under) for *_, beside in rows)
        room = SCREEN - lines - (1 + min(len(coverage.gaps), _SHOWN) if coverage.gaps else 0)
        notes = list(_notes((*coverage.notes, *graph.notes), lines=2 if room > 1 else 1))
        least = lines + sum(_lines(note.text) for note in notes) + (2 if coverage.gaps else 0)
        rows, shorter = _within(rows, least - SCREEN)
        lines -= shorter
        figures = [
            section("", "", table("Figure|Of|>Value|Largest parts; number formats", rows)),
            section("", *notes, Cell(said, "quiet"), *media),
        ]
        lines += sum(_lines(note.text) for note in notes)
    gaps = [_gaps(worst_first(coverage.gaps), SCREEN - 1 - lines)] if coverage.gaps else []
    return Document(source, (section("", *answer), *gaps, *figures, section("", Cell(WHY, "quiet"))))


def worst_first(gaps: tuple[Gap, ...]) -> list[Gap]:
    """Return gaps so that what most puts the figures in doubt comes first, and what was assumed last."""
    order = {kind: at for at, kind in enumerate(_WORST_FIRST)}
    return sorted(gaps, key=lambda gap: order.get(gap.kind, len(order)))


def _within(rows: list[_Row], excess: int) -> tuple[list[_Row], int]:
    """Return rows without the second lines of so many, from the last one up, and how many that was."""
    found, dropped = [], 0
    for label, where, value, beside in reversed(rows):
        over = bool(beside.under) and dropped < excess
        dropped += over
        found.append((label, where, value, Cell(beside.text) if over else beside))
    return found[::-1], dropped


def _lines(text: str) -> int:
    """Return how many lines of the screen a sentence takes."""
    return -(-len(text) // (_LONGEST + 4))


def _answer(coverage: Coverage, graph: OperatorGraph | None) -> Iterator[Cell]:
    status = coverage.status.value
    said = status.replace("_", " ")
    if coverage.status is Status.NOT_EVALUATED:
        said += ": no config.json was found"
    by = f" by {coverage.builder} ({coverage.category})" if coverage.builder else ""
    yield Cell(f"{said}{by}", support(status).tone)
    if graph is not None and graph.builder != coverage.builder:
        yield Cell(f"the figures are those of the builder {graph.builder}")
    if coverage.builder:
        yield Cell(EVIDENCE[coverage.evidence.value])
    found = [coverage.model_type]
    if coverage.source.source != "none":
        found.append(f"config: {coverage.source.source.replace('_', ' ')}")
    found.append("layouts held by SGLang's own classes" if coverage.served else "")
    if line := "; ".join(part for part in found if part):
        yield Cell(line, "quiet")


def _gaps(gaps: list[Gap], room: int) -> Section:
    """Return the gaps, one row each: assumptions in one, and those beyond what there is room for counted."""
    assumed = [gap for gap in gaps if gap.kind is GapKind.INFERRED]
    told = [gap for gap in gaps if gap.kind is not GapKind.INFERRED]
    if len(assumed) == 1:
        told, assumed = [*told, *assumed], []
    rows = [(str(gap.kind), f"{gap.name}: {gap.detail}") for gap in told]
    if assumed:
        rows.append(("inferred", f"{len(assumed)} assumptions: {', '.join(gap.name for gap in assumed)}"))
    shown = max(1, min(_SHOWN, room))
    more = len(rows) - shown
    if more > 0:
        shown, more = max(1, shown - 1), len(rows) - max(1, shown - 1)
    width = _LONGEST - max(len(kind) for kind, _ in rows[:shown])
    room_each = width * 2 - 8 if len(rows) == 1 and room > 1 else width
    if more > 0 and room < 2:  # all in one line
        kind, text = rows[0]
        said = f" (and {more:,} more: --why gaps)"
        return section("", "", table("|", [(Cell(kind, "fair"), Cell(_cut(text, room_each - len(said)) + said))]))
    cells = [(Cell(kind, "fair"), Cell(_cut(text, room_each))) for kind, text in rows[:shown]]
    if more > 0:
        cells.append((Cell("", "fair"), Cell(f"and {more:,} more: --why gaps", "quiet")))
    return section("", "", table("|", cells))


def _notes(notes: tuple[str, ...], lines: int) -> Iterator[Cell]:
    """Yield the first note, in so many lines at most, and how many others there are."""
    if not notes:
        return
    more = f" (and {len(notes) - 1:,} more: --why notes)" if len(notes) > 1 else ""
    yield Cell(f"Note: {_cut(notes[0], lines * _LONGEST - len(more) - 2)}{more}")


def _media(graph: OperatorGraph) -> list[Cell]:
    """Return the first item of media, and how many others there are."""
    if not graph.media:
        return []
    more = f" (and {len(graph.media) - 1:,} more)" if len(graph.media) > 1 else ""
    return [Cell(_cut(f"Media: {seen(graph.media[:1])[0]}{more}", _LONGEST + 4), "quiet")]


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def _rows(graph: OperatorGraph, tokens: int) -> Iterator[_Row]:
    found = {figure.name: figure for figure in figures(graph, tokens)}
    for name, label in (
        ("parameters", "parameters"),
        ("weight_bytes", "weights"),
        ("rank_kv_cache_bytes", "KV cache"),
        ("rank_state_bytes", "state"),
        ("flops", "FLOPs"),
        ("bytes_moved", "bytes moved"),
        ("transfer_bytes", "sent"),
    ):
        if (figure := found.get(name)) is not None:
            parts = _beside(figure, found, graph)
            where = {"rank": "rank", "step of one rank": "step, rank", "model": "model"}.get(
                figure.of, "sequence, rank"
            )
            yield label, where, human(figure.value, figure.unit), Cell(parts[0], under=tuple(parts[1:]))


def _beside(figure: Figure, found: dict[str, Figure], graph: OperatorGraph) -> list[str]:
    """Return what a figure's row says beside its value, in one or two lines."""
    named = [short(name) for name in figure.formats]
    formats = ", ".join(named[:_FORMATS]) + (", …" if len(named) > _FORMATS else "")
    if figure.name == "rank_state_bytes":
        return [f"whatever the length; {formats}"]
    if figure.name == "rank_kv_cache_bytes":
        tokens = graph.schedule.context_len + graph.schedule.seq_len
        more = f", +{human(grown, 'bytes')} a token" if (grown := _growth(graph.caches)) else ""
        return [f"@{tokens:,}{more}; {formats}"]
    executed = found["flops_executed"].value if "flops_executed" in found else 0
    said = []
    if figure.name == "parameters":
        active, mtp = found["active_parameters"].value, found.get("mtp_parameters")
        said = [f"{human(active, 'elements')} a token"] if active != figure.value else []
        said += [f"+{human(mtp.value, 'elements')} mtp"] if mtp is not None else []
    if figure.name == "flops" and executed != figure.value:
        said = [f"{human(executed, 'FLOPs')} executed"]
    if figure.name == "bytes_moved" and figure.value:
        said = [f"{executed / figure.value:,.3g} FLOP/byte"]
    shares, rest = _shares(figure), "; ".join([*said, formats])
    together = f"{shares}; {rest}"
    return [together] if len(together) <= _BESIDE else [shares, _cut(rest, _BESIDE)]


def _growth(caches: Iterable[Cache]) -> int:
    """Return the bytes that a token adds on a rank where windows are full, in the mean of those that share an entry."""
    endless = [c for c in caches if c.kind != "state" and c.window is None and not c.from_encoder]
    return round(sum((c.rank_bytes(2 * c.stride) - c.rank_bytes(c.stride)) / c.stride for c in endless))


def _shares(figure: Figure) -> str:
    """Return as many of the largest components with their shares as a line has room for, and the others as one."""
    total, parts = figure.value, list(figure.components.items())
    for shown in range(min(len(parts), _NAMED), 0, -1):
        said = [f"{name} {share(value, total)}" for name, value in parts[:shown]]
        rest = sum(value for _, value in parts[shown:])
        line = ", ".join([*said, f"other {share(rest, total)}"] if rest else said)
        if len(line) <= _BESIDE:
            break
    return line
