"""What `census` says: what the rows of any number of configs come to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from llmsim_adapters.cli.document import Cell, Document, Section, section, table
from llmsim_adapters.cli.words import percent, support

if TYPE_CHECKING:
    from collections.abc import Iterable

    from llmsim_adapters.censuses.result import Census
    from llmsim_adapters.censuses.summary import Tally

_SHOWN: Final = 20


def document(found: Census) -> Document:
    """Return the sums: by status, by evidence, by cause and by type."""
    weight = found.weight
    sections: list[Section] = [
        section(
            "",
            table(
                f"Status|>Configs|>|>{_weighed(weight)}|>",
                _tallies(((support(name), tally) for name, tally in found.statuses.items()), found.total, weight),
            ),
            *_remarks(found),
        ),
        section(
            "By evidence",
            table(
                f"Evidence|>Configs|>|>{_weighed(weight)}|>",
                _tallies(((Cell(name), tally) for name, tally in found.evidence.items()), found.total, weight),
            ),
        ),
    ]
    if causes := found.causes:
        sections.append(
            section(
                "What holds configs back",
                table(
                    f"Cause|Which is|>Configs|>Alone|>{_weighed(weight)}|>Alone |Such as",
                    (
                        (
                            cause.name,
                            cause.meaning,
                            f"{cause.models:,}",
                            f"{cause.alone:,}",
                            _amount(cause.weight) if weight else "",
                            _amount(cause.weight_alone) if weight else "",
                            cause.examples[0] if cause.examples else "",
                        )
                        for cause in causes[:_SHOWN]
                    ),
                ),
                *_more(len(causes)),
            )
        )
    lacking = [each for each in found.types if each.fully < each.models]
    if lacking:
        sections.append(
            section(
                "Model types that are not fully supported",
                table(
                    f"Type|>Configs|>Fully|>{_weighed(weight)}|>Fully ",
                    (
                        (
                            each.name,
                            f"{each.models:,}",
                            f"{each.fully:,}",
                            _amount(each.weight) if weight else "",
                            _amount(each.weight_fully) if weight else "",
                        )
                        for each in lacking[:_SHOWN]
                    ),
                ),
                *_more(len(lacking)),
            )
        )
    return Document(f"Census of {found.total.models:,} configs: {found.output}", tuple(sections))


def _tallies(
    named: Iterable[tuple[Cell, Tally]], total: Tally, weight: str | None
) -> Iterable[tuple[str | Cell, str, str, str, str]]:
    for cell, tally in named:
        if tally.models:
            yield (
                cell,
                f"{tally.models:,}",
                _share(tally.models, total.models),
                _amount(tally.weight) if weight else "",
                _share(tally.weight, total.weight) if weight else "",
            )


def _remarks(found: Census) -> Iterable[Cell]:
    if found.errors:
        yield Cell(f"{found.errors:,} rows have an error: configs that can't be had or read", "quiet")
    if found.weight and found.unweighed:
        yield Cell(f"{found.unweighed:,} configs have no {found.weight}, and weigh nothing", "quiet")


def _more(count: int) -> Iterable[Cell]:
    if count > _SHOWN:
        yield Cell(f"and {count - _SHOWN:,} more (JSON has them)", "quiet")


def _weighed(weight: str | None) -> str:
    return (weight or "Weight").replace("|", "/")


def _amount(value: float) -> str:
    return f"{value:,}" if isinstance(value, int) else f"{value:,.1f}"


def _share(part: float, whole: float) -> str:
    return percent(100.0 * part / whole) if whole else ""
