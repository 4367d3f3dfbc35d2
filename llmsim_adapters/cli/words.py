"""How numbers, gaps and statuses read."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from llmsim_adapters.cli.document import Cell, Section, section, table
from llmsim_adapters.evaluation.status import Status
from llmsim_adapters.gap import assumed
from llmsim_adapters.text import human as human
from llmsim_adapters.text import printable

if TYPE_CHECKING:
    from collections.abc import Iterable

    from llmsim_adapters.cli.document import Tone
    from llmsim_adapters.evaluation.result import Coverage
    from llmsim_adapters.gap import Gap, Impact
    from llmsim_adapters.graph.schedule import Schedule

_LONGEST_VALUE: Final = 200
_SUPPORT: Final[dict[str, tuple[str, Tone]]] = {
    "fully_supported": ("fully", "good"),
    "partially_supported": ("partially", "fair"),
    "not_supported": ("not", "bad"),
    "not_evaluated": ("not evaluated", "quiet"),
}
SERVED: Final = "SGLang's own classes hold its architecture's layouts"
EVIDENCE: Final = {
    "none": "none: no builder claims the model",
    "declared": "declared: the required keys are there",
    "built": "built: a graph came out",
    "verified": "verified: reference facts hold its dialect, components and features",
    "counted": "counted: its total equals one that others published or measured",
    "proven": "proven: each tensor of its files is the graph's, one by one",
}
_STEP: Final = (
    *("batch_size", "seq_len", "context_len", "mode", "engine", "tp_size", "dp_size", "ep_size"),
    *("images", "videos", "audio_seconds"),
)


def exact(value: int, unit: str) -> tuple[str, str]:
    """Return a figure in full, and to three digits where that is shorter."""
    return f"{value:,}", human(value, unit) if value >= 1000 else ""


def percent(share: float) -> str:
    """Return a percentage."""
    return f"{share:.1f} %"


def share(part: int, whole: int) -> str:
    """Return a part of a whole as a percentage."""
    found = 100 * part / whole if whole else 0
    return "<1 %" if 0 < found < 0.95 else f"{found:.0f} %"


def step(schedule: Schedule) -> str:
    """Return a schedule in a sentence: the step, the layout, the number of ranks, and what else was asked for."""
    fields = schedule.to_dict()
    sizes = ", ".join(f"{name[:2]} {fields[name]:,}" for name in ("tp_size", "dp_size", "ep_size") if fields[name] > 1)
    plain = type(schedule)().to_dict()
    rest = [
        _asked(name, value)
        for name, value in fields.items()
        if name not in _STEP and value not in (plain[name], {}, None)
    ]
    media = [
        f"{len(given):,} {name if len(given) > 1 else name[:-1]}"
        for name, given in (
            ("pictures", schedule.images),
            ("videos", schedule.videos),
            ("sounds", schedule.audio_seconds),
        )
        if given
    ]
    cached = f" after {schedule.context_len:,} cached ones" if schedule.context_len else ""
    ranks = f"{schedule.world_size:,} rank{'s' if schedule.world_size > 1 else ''}"
    return "; ".join(
        [
            f"{schedule.mode}, {schedule.batch_size:,} × {schedule.seq_len:,} tokens{cached}",
            *([f"in each: {', '.join(media)}"] if media else []),
            f"{schedule.engine}, {sizes or 'tp 1'}: {ranks}",
            *rest,
        ]
    )


def _asked(name: str, value: Any) -> str:
    """Return a field of a schedule and its value: flags by their name alone, formats by their short one."""
    if isinstance(value, bool):
        return name if value else f"no {name}"
    if name.endswith("dtype"):
        from llmsim_adapters.spec.dtypes import short  # which help texts don't need

        return f"{name} {short(value)}"
    return f"{name} {value}"


def support(status: str) -> Cell:
    """Return how a status reads in a column `Supported`."""
    return Cell(*_SUPPORT[status])


def value(anything: Any) -> str:
    """Return a value of a config as it stands in the config, cut where it is long."""
    if isinstance(anything, int) and not isinstance(anything, bool):
        return f"{anything:,}"
    try:
        return printable(json.dumps(anything, ensure_ascii=False), _LONGEST_VALUE)
    except (TypeError, ValueError):
        return printable(repr(anything), _LONGEST_VALUE)


def one_line(message: object) -> str:
    """Return the lines of an error as one: the lines below the first are a list."""
    first, *rest = [line.strip() for line in str(message).splitlines() if line.strip()] or [""]
    return printable(f"{first} {'; '.join(rest)}" if rest else first.rstrip(":"), 4000)


def impact(found: Impact | None) -> str:
    """Return what a gap does to the figures."""
    if found is None:
        return "impact unknown"
    return (
        f"figures: × {found.parameters:.4g} parameters, × {found.flops:.4g} FLOPs, "
        f"× {found.kv_cache:.4g} KV cache at {found.tokens:,} tokens"
    )


def gap_cell(gap: Gap) -> Cell:
    """Return a gap: what it is about, and under it what is wrong and what that costs."""
    under = (gap.detail, impact(gap.impact)) if has_figures(gap) else (gap.detail,)
    return Cell(f"{gap.kind} {gap.name}", "fair", under)


def gap_cells(coverage: Coverage) -> list[Cell]:
    """Return the gaps of a model; of one that is refused, assumptions are one cell: they are not why."""
    folded = [gap.name for gap in coverage.gaps if assumed(gap)]
    if coverage.status is not Status.NOT_SUPPORTED or len(folded) < 2 or len(folded) == len(coverage.gaps):
        return [gap_cell(gap) for gap in coverage.gaps]
    cells = [gap_cell(gap) for gap in coverage.gaps if not assumed(gap)]
    return [*cells, Cell(f"inferred, {len(folded)} assumptions", "quiet", (", ".join(folded),))]


def has_figures(gap: Gap) -> bool:
    """Whether there are figures that a gap could change: not where there is no config to have any from."""
    return gap.kind.value not in ("config_unavailable", "invalid_config")


def pairs(title: str, rows: Iterable[tuple[str, str | Cell]]) -> Section:
    """Return a section of names and what they are, without those that are nothing."""
    return section(title, table("|", ((Cell(name, "quiet"), what) for name, what in rows if what)))
