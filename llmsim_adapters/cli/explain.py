"""What `explain --full` says of one model: the answer, the reasons, and the working of every figure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from llmsim_adapters.cli.document import Cell, Document, Section, section, table
from llmsim_adapters.cli.words import EVIDENCE, SERVED, exact, gap_cells, has_figures, pairs, step, support, value

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from llmsim_adapters.evaluation.result import Coverage
    from llmsim_adapters.graph.schedule import Schedule
    from llmsim_adapters.plugins.claim import Claim
    from llmsim_adapters.sources import Provenance
    from llmsim_adapters.working import Figure, Line, Working

_SHORT: Final = 56
_COUNTED: Final = "equals an external total of the model, which a plugin's code is not verified by"


def document(source: str, coverage: Coverage, schedule: Schedule, working: Working | None) -> Document:
    """Return the explanation of a model; `working` is None where no figures could be had."""
    sections = [answer(coverage), *sources(coverage.source), *_gaps(coverage), *claims(coverage.claims)]
    if coverage.notes:
        sections.append(section("Notes on the config", *(Cell(note, "quiet") for note in coverage.notes)))
    sections += parameters(coverage)
    if working is not None:
        sections += _working(working, schedule)
    return Document(source, tuple(sections))


def data(
    source: str, coverage: Coverage, schedule: Schedule, builder: str | None, working: Working | None
) -> dict[str, Any]:
    """Return the same, ready for JSON; `builder` is the one that the figures are of."""
    return {
        "source": source,
        "coverage": coverage.to_dict(),
        "builder": builder,
        "schedule": schedule.to_dict(),
        "ranks": schedule.world_size,
        "working": None if working is None else working.to_dict(),
    }


def answer(coverage: Coverage) -> Section:
    """Return the answer and where it is from."""
    status = coverage.status.value.replace("_", " ")
    found = coverage.source
    return pairs(
        "",
        [
            ("Status", Cell(status, support(coverage.status.value).tone)),
            ("Category", str(coverage.category or "")),
            ("Builder", coverage.builder or ""),
            ("Evidence", EVIDENCE[coverage.evidence.value]),
            ("Total", _COUNTED if coverage.counted and str(coverage.evidence) not in ("counted", "proven") else ""),
            ("Served", SERVED if coverage.served else ""),
            ("Architecture", coverage.architecture),
            ("Model type", coverage.model_type),
            ("Language model", coverage.path and f"at {coverage.path}"),
            ("Config", "" if found.source == "none" else Cell(found.source, under=(found.location,))),
            ("Revision", found.revision or ""),
        ],
    )


def sources(found: Provenance) -> Iterator[Section]:
    """Yield what the sources said."""
    if found.answers:
        title = "What the sources said" if found.source == "none" else "Sources asked before"
        yield section(title, table("Source|Answer", ((a.source, _said(a.kind, a.message)) for a in found.answers)))


def _said(kind: str, message: str) -> Cell:
    return Cell(kind.replace("_", " "), under=(message,))


def _gaps(coverage: Coverage) -> Iterator[Section]:
    if coverage.gaps:
        told = bool(coverage.source.answers)  # what the sources said needs no second telling
        about = coverage.gaps[0]
        cells = gap_cells(coverage)
        if told and not has_figures(about) and about.name == "config.json":
            cells = [cell._replace(under=()) for cell in cells]
        yield section("Gaps", table("Gap", ([cell] for cell in cells)))


def claims(made: Iterable[Claim]) -> Iterator[Section]:
    """Yield what each builder says."""
    rows = [(claim.builder, _verdict(claim), _why(claim)) for claim in made]
    if rows:
        yield section("What each builder says", table("Builder|Claim|Why", rows))


def _verdict(claim: Claim) -> Cell:
    if not claim.claims:
        return Cell("refuses", "bad")
    return Cell("in part", "fair") if claim.gaps else Cell("in full", "good")


def _why(claim: Claim) -> Cell:
    lines = [f"missing: {', '.join(claim.missing_parameters)}"] if claim.missing_parameters else []
    lines += [gap.detail for gap in claim.gaps]
    return Cell(lines[0] if lines else "", under=tuple(lines[1:]))


def parameters(coverage: Coverage) -> Iterator[Section]:
    """Yield the canonical parameters, and the keys that were read without effect."""
    found = coverage.parameters.items()
    if found:
        rows = ((name, value(p.value), "" if p.key in (None, name) else str(p.key), str(p.origin)) for name, p in found)
        yield section("Canonical parameters", table("Parameter|>Value|Key, if another|Origin", rows))
    if coverage.without_effect:
        yield section("Keys read without effect", table("Key|Reason", coverage.without_effect.items()))


def _working(working: Working, schedule: Schedule) -> Iterator[Section]:
    yield section(
        "Figures",
        table(
            "Figure|>Value|>|Unit|Of",
            (
                (
                    Cell(figure.name.replace("_", " "), under=(", ".join(figure.formats),)),
                    *exact(int(figure.value), figure.unit),
                    figure.unit,
                    figure.of,
                )
                for figure in working.figures
            ),
        ),
        "",
        Cell(f"Schedule: {step(schedule)}", "quiet"),
        Cell(f"One of {schedule.world_size:,} ranks (tp_size × dp_size)", "quiet"),
    )
    if working.notes:
        yield section("Notes", table("Of the schedule", ([note] for note in working.notes)))
    before: dict[str, int] = {}
    for figure in working.figures:
        lines = figure.lines
        if figure.name == "flops_executed":  # most lines are those of `flops`
            lines = tuple(line for line in lines if before.get(line.of) != line.value)
        if figure.name == "flops":
            before = {line.of: line.value for line in lines}
        if lines:
            yield _figure(figure, lines)
    yield section(
        "Names in the formulas",
        table("Name|>Value|Where from", ((n.name, f"{int(n.value):,}", n.origin) for n in working.names)),
    )


def _figure(figure: Figure, lines: tuple[Line, ...]) -> Section:
    name = figure.name.replace("_", " ")
    rest = "" if len(lines) == len(figure.lines) else "; lines that equal those of flops are left out"
    return section(
        f"Working: {name} = {figure.value:,}{rest}",
        table(
            ">Value|Of, shape and formula",
            ((f"{int(line.value):,}", _summand(line)) for line in lines),
        ),
    )


def _summand(line: Line) -> Cell:
    """Return what a line is of, its shape beside it where both are short, and the formula."""
    shape, formula = f"[{line.shape}]", f"= {line.formula}"
    if not line.shape:
        return Cell(line.of, under=(formula,))
    if len(line.of) + len(shape) <= _SHORT:
        return Cell(f"{line.of}  {shape}", under=(formula,))
    return Cell(line.of, under=(shape, formula))
