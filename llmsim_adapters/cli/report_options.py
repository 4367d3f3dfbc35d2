"""What `coverage` may be asked for beside its tables: HTML, a comparison with an earlier report, thresholds."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

from llmsim_adapters.cli.group import MISUSE, Failed
from llmsim_adapters.cli.options import Within

if TYPE_CHECKING:
    from collections.abc import Callable

    from llmsim_adapters.cli.document import Document
    from llmsim_adapters.page.changes import Changes
    from llmsim_adapters.report import Report

F = TypeVar("F", bound="Callable[..., Any]")

LISTED: Final = 100
"""So many models are listed of what changed."""


class Asked:
    """What is asked for beside a report: a page, a comparison with an earlier report, and what to fail on.

    Raises:
        MissingExtra: jinja2 is not installed, and a page is asked for.
        Failed: the earlier report can't be read, or there is none to fail on.
    """

    def __init__(
        self,
        html: str | None,
        against: str | None,
        fail_on: str | None,
        fail_under: float | None,
        fail_under_full: float | None,
    ) -> None:
        self._file, self._fails = html, fail_on is not None
        self._least = {"overall coverage": fail_under, "full coverage": fail_under_full}
        self._earlier: dict[str, Any] | None = None
        self._changes: Changes | None = None
        if fail_on is not None and against is None:
            message = f"--fail-on {fail_on} needs --against OLD.json"
            raise Failed(message, MISUSE)
        if html is not None:
            from llmsim_adapters.errors import need
            from llmsim_adapters.page.render import JINJA

            need(*JINJA)
        if against is not None:
            from llmsim_adapters.page.changes import EarlierError, read

            try:
                self._earlier = read(against)
            except EarlierError as error:
                raise Failed(str(error), MISUSE) from error

    def answer(self, report: Report) -> Callable[[], Document] | None:
        """Write the page, and return how to say what changed; None where nothing is compared.

        Raises:
            AdapterError: the page can't be written.
        """
        if self._earlier is not None:
            from llmsim_adapters.page.changes import compare

            self._changes = compare(self._earlier, report)
        if self._file is not None:
            from llmsim_adapters.cli.output import write_file
            from llmsim_adapters.page.render import render

            write_file(self._file, render(report, self._changes))
        changes = self._changes
        return None if changes is None else lambda: document(changes, report)

    def missed(self, report: Report) -> list[str]:
        """Return the sentences that say which thresholds are missed, and which models are worse where that counts."""
        from llmsim_adapters.cli.coverage import Threshold

        reached = (report.overall_coverage, report.full_coverage)
        thresholds = [
            Threshold(name, value, self._least[name]) for name, value in zip(self._least, reached, strict=True)
        ]
        said = [sentence for threshold in thresholds if (sentence := threshold.missed())]
        if self._fails and self._changes is not None and (worse := self._changes.of("worse")):
            names = ", ".join([change.name for change in worse[:3]] + ["…"] * (len(worse) > 3))
            said.append(f"{len(worse):,} {'models are' if len(worse) > 1 else 'model is'} worse than before: {names}")
        return said


def document(changes: Changes, report: Report) -> Document:
    """Return what changed, the worse models first."""
    from llmsim_adapters.cli.document import Cell, Document, section, table
    from llmsim_adapters.cli.words import percent

    def share(name: str, pair: tuple[float, float]) -> tuple[str, str, str]:
        return name, percent(pair[0]), percent(pair[1])

    tones: dict[str, Any] = {"worse": "bad", "gone": "bad", "better": "good", "new": "good"}
    counted = ", ".join(f"{count:,} {verdict}" for verdict, count in changes.counts.items())
    sections = [
        section(
            "",
            table("|>Before|>Now", (share("Overall coverage", changes.overall), share("Full coverage", changes.full))),
            f"{counted}." if counted else "No model changed.",
            *(["The earlier report has no figures to compare."] if changes.without_figures else []),
        )
    ]
    if changes.models:
        rows = (
            (
                change.name,
                Cell(change.verdict, tones.get(change.verdict, "fair")),
                Cell(change.lines[0] if change.lines else "", under=change.lines[1:]),
            )
            for change in changes.models[:LISTED]
        )
        left = len(changes.models) - LISTED
        more = [f"and {left:,} more: `--format json` of both reports has all."] if left > 0 else []
        sections.append(section("Models", table("Model|Became|What changed", rows), *more))
    return Document(f"What changed: {report.heading}", tuple(sections))


_ASKED: Final = ("html", "against", "fail_on", "fail_under", "fail_under_full")
_PERCENT: Final = Within(0, 100)


def report_options(command: F) -> F:
    """Add the options, which reach the command as one `asked`."""

    @wraps(command)
    def with_asked(*arguments: Any, **options: Any) -> Any:
        asked = Asked(**{name: options.pop(name) for name in _ASKED})
        return command(*arguments, asked=asked, **options)

    found: Any = with_asked
    for option in (
        click.option(
            "--fail-on",
            type=click.Choice(["worse"]),
            help="Exit 1 where a model has a lesser status, less evidence or a new gap.",
        ),
        click.option(
            "--against",
            type=click.Path(dir_okay=False),
            metavar="OLD.json",
            help="Say what changed since this report, which --format json wrote.",
        ),
        click.option(
            "--html",
            type=click.Path(dir_okay=False),
            metavar="FILE",
            help="Write the report as a self-contained HTML page, too.",
        ),
        click.option("--fail-under-full", type=_PERCENT, metavar="PCT", help="Exit 1 where full coverage is less."),
        click.option("--fail-under", type=_PERCENT, metavar="PCT", help="Exit 1 where overall coverage is less."),
    ):
        found = option(found)
    return found  # type: ignore[no-any-return]
