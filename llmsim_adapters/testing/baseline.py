"""The baseline: what the models of a registry were when somebody last said that this is right."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from llmsim_adapters.errors import AdapterError
from llmsim_adapters.evaluation.status import Evidence, Status
from llmsim_adapters.plugins.manager import registered
from llmsim_adapters.plugins.registered import HOST
from llmsim_adapters.sources.whole_files import write_whole
from llmsim_adapters.text import printable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from llmsim_adapters.report import Report
    from llmsim_adapters.reported import ReportRow

_ORDER: Final[Mapping[str, tuple[str, ...]]] = {
    "status": tuple(
        str(status)
        for status in (
            Status.NOT_EVALUATED,
            Status.NOT_SUPPORTED,
            Status.PARTIALLY_SUPPORTED,
            Status.FULLY_SUPPORTED,
        )
    ),
    "evidence": tuple(str(evidence) for evidence in Evidence),
}


class BaselineError(AdapterError):
    """A baseline can't be read; the message names the file and what to do."""


class Baseline:
    """What each model was, by its name: status, evidence, builder and dialect with their versions, figures, gaps."""

    def __init__(self, models: Mapping[str, Mapping[str, Any]]) -> None:
        self._models = models

    @classmethod
    def of(cls, report: Report) -> Baseline:
        """Return the baseline that a report is."""
        return cls({_key(row): describe(row) for row in report.rows})

    @classmethod
    def read(cls, file: str | os.PathLike[str]) -> Baseline:
        """Read the baseline in a file.

        Raises:
            BaselineError: it isn't there, or isn't one.
        """
        name = printable(file)
        try:
            data: Any = json.loads(Path(file).read_text(encoding="utf-8"))
        except FileNotFoundError as error:
            message = f"there is no baseline {name}; --llmsim-update-baseline writes it"
            raise BaselineError(message) from error
        except (OSError, ValueError) as error:
            message = f"the baseline {name} can't be read ({printable(error)}); --llmsim-update-baseline writes it anew"
            raise BaselineError(message) from error
        models = data.get("models") if isinstance(data, dict) else None
        if not isinstance(models, dict) or not all(_is_entry(entry) for entry in models.values()):
            message = f"{name} is no baseline: expected `models` with a status and an evidence each"
            raise BaselineError(message)
        return cls(models)

    def write(self, file: str | os.PathLike[str]) -> None:
        """Write the baseline to a file, in whole or not at all."""
        text = json.dumps({"models": dict(sorted(self._models.items()))}, indent=2) + "\n"
        try:
            write_whole(os.fspath(file), text.encode("utf-8"))
        except OSError as error:
            message = f"the baseline {printable(file)} can't be written: {printable(error)}"
            raise BaselineError(message) from error

    def regressions(self, row: ReportRow) -> Iterator[str]:
        """Yield in what a model is worse than it was."""
        before, now = self._models.get(_key(row)), describe(row)
        if before is None:
            yield "the baseline does not have it; --llmsim-update-baseline adds it"
            return
        for name, order in _ORDER.items():
            if order.index(now[name]) < order.index(before[name]):
                yield f"{name} {now[name]}; the baseline has {before[name]}"
        changed = [
            f"{name} {_shown(now['figures'].get(name))}; the baseline has {_shown(value)}"
            for name, value in before.get("figures", {}).items()
            if now["figures"].get(name) != value
        ]
        yield from changed
        if self.knows_gaps(row):
            yield from (
                f"new gap: {gap}" for gap in row.coverage.gaps if f"{gap.kind} {gap.name}" not in before["gaps"]
            )
        by, said = (f"{entry.get('builder')} of {entry.get('plugin')}" for entry in (now, before))
        if changed and "builder" in before and by != said:
            yield f"built by {by}; the baseline by {said}"
        if changed and "dialect" in before and now["dialect"] != before["dialect"]:
            by, said = (entry["dialect"] or HOST for entry in (now, before))
            yield f"read by {by}; the baseline by {said}"

    def knows_gaps(self, row: ReportRow) -> bool:
        """Whether the baseline has the gaps of a model; one of an earlier version has not."""
        return "gaps" in self._models.get(_key(row), {})


def describe(row: ReportRow) -> dict[str, Any]:
    """Return what a baseline keeps of a model."""
    answer = row.coverage
    found = registered()
    entry = found.builders.get(answer.builder or "")
    return {
        "status": str(answer.status),
        "evidence": str(answer.evidence),
        "builder": answer.builder,
        "plugin": None if entry is None else f"{entry.distribution} {entry.version}",
        "dialect": found.owners.get(("model type", answer.model_type)),  # None: this package's own, or nobody's
        "figures": row.figures,
        "gaps": sorted({f"{gap.kind} {gap.name}" for gap in answer.gaps}),
    }


def _shown(figure: Any) -> str:
    return f"{figure:,}" if isinstance(figure, int) else "none"


def _key(row: ReportRow) -> str:
    return row.source or row.name


def _is_entry(entry: Any) -> bool:
    return (
        isinstance(entry, dict)
        and all(entry.get(name) in order for name, order in _ORDER.items())
        and isinstance(entry.get("figures", {}), dict)
        and isinstance(entry.get("gaps", []), list)
    )
