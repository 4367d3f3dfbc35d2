"""What `explain --why` says: one thing unfolded, figures down to formulas and config keys, the largest part first."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from llmsim_adapters.cli import explain
from llmsim_adapters.cli.document import Cell, Document, Section, section, table
from llmsim_adapters.cli.group import MISUSE, Failed
from llmsim_adapters.cli.short import worst_first
from llmsim_adapters.cli.words import gap_cell, human, share, step
from llmsim_adapters.spelling import meant
from llmsim_adapters.text import printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from llmsim_adapters.evaluation.result import Coverage
    from llmsim_adapters.graph.schedule import Schedule
    from llmsim_adapters.working import Figure, Line, Working

FIGURES: Final = {
    "parameters": ("parameters",),
    "active": ("active_parameters",),
    "mtp": ("mtp_parameters",),
    "buffers": ("buffers",),
    "weights": ("weight_bytes",),
    "kv": ("rank_kv_cache_bytes", "kv_cache_elements"),
    "state": ("rank_state_bytes", "state_elements_per_sequence"),
    "flops": ("flops", "flops_executed"),
    "moved": ("bytes_moved",),
    "sent": ("transfer_bytes",),
}
"""The figures that a word asks for; each figure's own name asks for it, too."""

TOPICS: Final = ("gaps", "builders", "config", "notes")
"""What else can be unfolded."""

_NAME: Final = re.compile(r"[^\W\d]\w*")


def document(
    source: str, coverage: Coverage, schedule: Schedule, working: Working | None, asked: Sequence[str]
) -> Document:
    """Return what was asked for, in that order; `working` is None where there are no figures.

    Raises:
        Failed: there is no such thing in this model.
    """
    sections: list[Section] = []
    for what in asked:
        sections += _topic(what, coverage, working) if what in TOPICS else _unfolded(what, working)
    if working is not None and any(what not in TOPICS for what in asked):
        sections.append(section("", "", Cell(f"Step: {step(schedule)}", "quiet")))
    return Document(source, tuple(sections))


def _topic(what: str, coverage: Coverage, working: Working | None) -> Iterator[Section]:
    if what == "gaps":
        rows = ([gap_cell(gap)] for gap in worst_first(coverage.gaps))
        yield section("Gaps", table("Gap", rows)) if coverage.gaps else section("Gaps", "none")
    elif what == "builders":
        yield from explain.claims(coverage.claims)
    elif what == "config":
        yield explain.answer(coverage)
        yield from explain.sources(coverage.source)
        yield from explain.parameters(coverage)
    else:
        notes = (*coverage.notes, *(() if working is None else working.notes))
        yield section("Notes", *(notes or ("none",)))


def _unfolded(what: str, working: Working | None) -> Iterator[Section]:
    if working is None:
        return  # the error that ends the command says why there are no figures
    figures = {figure.name: figure for figure in working.figures}
    wanted = [name for name in FIGURES.get(what, (what,)) if name in figures]
    shown: list[Line] = []
    if wanted:
        for name in wanted:
            lines = figures[name].lines
            if name == "flops_executed" and "flops" in wanted:  # most lines are those of `flops`
                same = {line.of: line.value for line in shown}
                lines = tuple(line for line in lines if same.get(line.of) != line.value)
            shown += lines
            yield _figure(figures[name], lines)
    else:
        for figure in working.figures:
            lines = tuple(line for line in figure.lines if _is_of(line, what))
            shown += lines
            if lines:
                yield _figure(figure, lines)
    if not shown:
        if what in FIGURES:
            yield section(what, "none: the model has nothing of it")
            return
        lines = tuple(line for figure in working.figures for line in figure.lines)
        paths = (line.of.split(".", 2)[-1] for line in lines)
        known = {*FIGURES, *TOPICS, *figures, *paths, *(line.of for line in lines), *(line.component for line in lines)}
        message = (
            f"--why {printable(what, 80)}: no figure or operator of this model{meant(what, known)}; "
            f"there are {', '.join((*FIGURES, *TOPICS))}, and the paths that `build` lists"
        )
        raise Failed(message, MISUSE)
    used = {name for line in shown for name in _NAME.findall(f"{line.formula} {line.shape}")}
    rows = [(n.name, f"{int(n.value):,}", n.origin) for n in working.names if n.name in used]
    yield section("Where from", table("Name|>Value|Origin", rows))


def _is_of(line: Line, what: str) -> bool:
    """Whether a line is of an operator or tensor, given by its path or the end or beginning of it, or its component."""
    return f".{what}." in f".{line.of}." or line.component == what.replace("_", " ")


class _Merged(NamedTuple):
    """Lines of one block that are computed alike."""

    of: str
    shape: str
    formula: str
    value: int
    formats: str


def _figure(figure: Figure, lines: Iterable[Line]) -> Section:
    exact = f"{int(figure.value):,} {figure.unit} ({human(int(figure.value), figure.unit)})"
    rows = (
        (
            f"{line.value:,}",
            share(line.value, int(figure.value)),
            Cell(line.of, under=(f"{line.formats} {line.shape}".rstrip(), f"= {line.formula}")),
        )
        for line in sorted(_merged(lines), key=lambda line: -line.value)
    )
    return section(
        f"{figure.name.replace('_', ' ')} = {exact}, of {_a(figure.of)}",
        table(">Value|>Share|Of, formats, shape and formula", rows),
    )


def _a(scope: str) -> str:
    return f"the {scope}" if scope == "model" else f"a {scope}" if scope.startswith("step") else f"one {scope}"


def _merged(lines: Iterable[Line]) -> Iterator[_Merged]:
    alike: dict[tuple[str, ...], list[Line]] = {}
    for line in lines:
        block, _, _ = line.of.rpartition(".")
        alike.setdefault((block, line.shape, line.formula, *line.formats), []).append(line)
    for (block, shape, formula, *formats), found in alike.items():
        times = f"{len(found)} × ({formula})" if len(found) > 1 else formula
        names = ", ".join(line.of.rpartition(".")[2] for line in found)
        of = f"{block}.{names}" if block else names
        dims = f"[{shape}]" if shape and shape not in formats else ""
        yield _Merged(of, dims, times, sum(int(line.value) for line in found), ", ".join(formats))
