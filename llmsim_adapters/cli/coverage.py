"""What `coverage` says: the totals, the categories, the models, and what stands between them and full support."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from textwrap import wrap
from typing import TYPE_CHECKING, Final, NamedTuple

from llmsim_adapters.cli.document import LIMIT, Cell, Document, Section, section, table
from llmsim_adapters.cli.words import gap_cells, percent, support
from llmsim_adapters.evaluation.status import Status
from llmsim_adapters.sources.reading import read_config

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmsim_adapters.evaluation.result import Coverage
    from llmsim_adapters.report import Counts, Report
    from llmsim_adapters.reported import ReportRow

SUMMARISE_FROM: Final = 60
"""So many models are counted and not listed, and so many gaps, unless everything is asked for."""

_EACH: Final = "`--format markdown` and `--format json` have a row for each."

CAUSES: Final = 20
"""So many causes are shown, those first that hold back most models; JSON has all."""

CONDENSE_FROM: Final = 10
"""So many models without a config are named together instead of one by one, unless everything is asked for."""


def listed(given: tuple[str, ...]) -> str | list[str]:
    """Return the registry that is given, or the sources of some models."""
    if len(given) > 1:
        return list(given)
    (one,) = given or ("report",)
    if one in ("report", "sglang"):
        return one
    path = Path(one)
    if path.is_dir() or ("/" in one and not path.exists() and not one.endswith(".json")):
        return [one]
    return [one] if path.is_file() and _is_config(path) else one


def keep_proofs(registry: str, report: Report) -> None:
    """Keep what was proven in the registry that the report is of."""
    from llmsim_adapters.cli.prove import keep

    found = []
    for row in report.rows:
        kept = None if row.proof is None else row.proof.recorded(row.coverage.source.revision)
        if kept is not None and row.entry is not None:
            ids = {"name": row.name, "huggingface": row.entry.huggingface, "modelscope": row.entry.modelscope}
            found.append(({key: value for key, value in ids.items() if value}, kept))
    keep(registry, found)


def _is_config(path: Path) -> bool:
    """Whether a file is the config of a model, and not a list of models: the two have no key in common."""
    try:
        return not {"model_type", "architectures"}.isdisjoint(read_config(path))
    except Exception:
        return False  # whatever it is, the registry's reader says what is wrong with it


def document(report: Report, *, full: bool) -> Document:
    """Return the report; `full` gives a row to every model that has no config, too."""
    without = [row for row in report.rows if _lacks_config(row)]
    condensed = without if not full and len(without) >= CONDENSE_FROM else []
    shown = [row for row in report.rows if row not in condensed] if condensed else list(report.rows)
    sections = [_totals(report), *_groups(report), *_causes(report)]
    if full or len(shown) < SUMMARISE_FROM:
        sections += [*_models(shown), *_gaps(shown), *_configs(shown)]
    else:
        lacking = [row for row in shown if row.coverage.gaps]
        sections += _gaps(lacking) if len(lacking) < SUMMARISE_FROM else []
        sections.append(section("", f"{len(shown):,} models: {_EACH}"))
    if condensed:
        sections.append(_condensed(condensed))
    return Document(report.heading, tuple(sections))


def _totals(report: Report) -> Section:
    counts = report.counts

    def row(name: str, count: int) -> tuple[str, str, str]:
        return name, f"{count:,}", percent(counts.percent(count))

    without = ("Not evaluated", f"{counts.not_evaluated:,}", "", Cell("no config to be had", "quiet"))
    return section(
        "",
        table(
            "|>|>|",
            [
                ("Total models evaluated", f"{counts.evaluated:,}", "", ""),
                (*row("Fully supported", counts.fully), ""),
                (*row("Partially supported", counts.partially), ""),
                (*row("Not supported", counts.unsupported), ""),
                *([without] if counts.not_evaluated else []),
                (
                    Cell("Overall coverage", "strong"),
                    "",
                    Cell(percent(report.overall_coverage), "strong"),
                    Cell("fully or partially supported", "quiet"),
                ),
                (
                    Cell("Full coverage", "strong"),
                    "",
                    Cell(percent(report.full_coverage), "strong"),
                    Cell("fully supported", "quiet"),
                ),
                (
                    *row("Layouts held", sum(model.coverage.served for model in report.rows)),
                    Cell("by SGLang's own classes", "quiet"),
                ),
            ],
        ),
    )


def _groups(report: Report) -> Iterator[Section]:
    """Yield the counts by category, and in a long report by all that it can be grouped by."""
    yield _grouped("category", report.categories)
    if len(report.rows) >= SUMMARISE_FROM:
        for name, groups in (
            ("kind", report.kinds),
            ("config", report.configs),
            ("evidence", report.evidence),
            ("family", report.families),
        ):
            if len(groups) > 1:
                yield _grouped(name, groups)


def _grouped(name: str, groups: dict[str, Counts]) -> Section:
    rows = [
        (group, *(f"{count:,}" for count in counts[:4]), f"{counts.not_evaluated:,}" if counts.not_evaluated else "")
        for group, counts in groups.items()
    ]
    return section(f"By {name}", table(f"{name.capitalize()}|>Total|>Fully|>Partially|>Not|>Not evaluated", rows))


def _causes(report: Report) -> Iterator[Section]:
    """Yield what models wait for, where several wait for the same."""
    shared = [cause for cause in report.causes if len(cause.models) > 1][:CAUSES]
    if shared:
        yield section(
            "What holds models back",
            table(
                "Cause|Which is|>Models|>Alone",
                ((cause.name, cause.meaning, f"{len(cause.models):,}", f"{len(cause.alone):,}") for cause in shared),
            ),
            Cell("Alone: held back by nothing else, so that they would be fully supported without it.", "quiet"),
        )


def _models(rows: list[ReportRow]) -> Iterator[Section]:
    if rows:
        yield section(
            "Models",
            table(
                "Family|Model|Category|Builder|Supported|Evidence",
                (
                    (
                        row.family,
                        row.name,
                        _or_dash(row.coverage.category),
                        _or_dash(row.coverage.builder),
                        support(row.coverage.status.value),
                        _evidence(row.coverage),
                    )
                    for row in rows
                ),
            ),
        )


def _evidence(coverage: Coverage) -> Cell:
    """Return the evidence, and that a total agrees where a plugin's code made the graph, which it does not verify."""
    apart = coverage.counted and str(coverage.evidence) not in ("counted", "proven")
    return Cell(str(coverage.evidence), under=("its total agrees",) if apart else ())


def _gaps(rows: list[ReportRow]) -> Iterator[Section]:
    found = []
    for row in rows:
        cells = gap_cells(row.coverage)
        found += [("" if at else row.name, cell) for at, cell in enumerate(cells)]
    if found:
        yield section("Gaps", table("Model|Gap", found))


def _configs(rows: list[ReportRow]) -> Iterator[Section]:
    """Yield where each config came from, and the external total that the registry has to compare with."""
    found = [
        (
            row.source,
            row.coverage.source.source,
            f"{row.total.value:,}" if row.total else "",
            ", ".join(what for what in row.total.counts if what != "parameters") if row.total else "",
        )
        for row in rows
        if row.coverage.source.source != "none"
    ]
    if found:
        yield section("Configs and external totals", table("Source|Config from|>Parameters|Including", found))


def _lacks_config(row: ReportRow) -> bool:
    return row.coverage.status is Status.NOT_EVALUATED


def _condensed(rows: list[ReportRow]) -> Section:
    reasons = Counter(_reason(row) for row in rows)
    families = Counter(row.family or row.name for row in rows)
    listed = ", ".join(
        f"{name} {count:,}" if count > 1 else name for name, count in sorted(families.items(), key=_alphabetically)
    )
    return section(
        "Without a config",
        table("Reason|>Models", ((reason, f"{count:,}") for reason, count in reasons.most_common())),
        "",
        *(Cell(part, "quiet") for part in wrap(listed, LIMIT)),
        "",
        _EACH,
    )


def _alphabetically(counted: tuple[str, int]) -> str:
    return counted[0].casefold()


def _reason(row: ReportRow) -> str:
    if not row.source:
        return "no config named for this architecture"
    kinds = {answer.kind for answer in row.coverage.source.answers} - {"not_cached", "not_bundled", "skipped"}
    return ", ".join(sorted(kinds)).replace("_", " ") or "not found"


def _or_dash(value: object) -> str:
    return "-" if value is None else str(value)


class Threshold(NamedTuple):
    """A least percentage that the user set for a figure."""

    figure: str
    value: float
    least: float | None

    def missed(self) -> str | None:
        """Return the sentence that says so, where the figure is below the threshold."""
        if self.least is None or self.value >= self.least:
            return None
        # Cut, not rounded: 94.996 % is not "95.00 %, below 95 %".
        return f"{self.figure} is {int(self.value * 100) / 100:.2f} %, below the threshold of {self.least:g} %"
