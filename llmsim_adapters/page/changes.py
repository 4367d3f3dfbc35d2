"""What changed between an earlier report, as JSON, and this one, model by model."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple, TypeAlias

from llmsim_adapters.errors import AdapterError
from llmsim_adapters.evaluation.status import Evidence, Status
from llmsim_adapters.text import printable

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable, Iterator, Mapping

    from llmsim_adapters.report import Report

Verdict: TypeAlias = Literal["worse", "better", "changed", "new", "gone"]
"""What became of a model; `changed`: neither worse nor better, as where another builder or another figure is."""

SCHEMA_VERSION: Final = 1
"""The version of the JSON reports that can be read."""

_VERDICTS: Final[tuple[Verdict, ...]] = ("worse", "gone", "changed", "better", "new")
_STATUSES: Final = tuple(
    map(str, (Status.NOT_EVALUATED, Status.NOT_SUPPORTED, Status.PARTIALLY_SUPPORTED, Status.FULLY_SUPPORTED))
)
_EVIDENCE: Final = tuple(map(str, Evidence))


class EarlierError(AdapterError):
    """An earlier report can't be read; the message names the file and what is wrong with it."""


class Moved(NamedTuple):
    """A figure that is another now; None where there was or is none."""

    name: str
    before: int | None
    now: int | None

    @property
    def ratio(self) -> str:
        """How many times as much it is now, in words; empty where that means nothing."""
        said = f"× {self.now / self.before:.4g}" if self.before and self.now is not None else ""
        return "" if said == "× 1" else said


class Change(NamedTuple):
    """What changed of a model: pairs of before and now, which are equal where nothing did; gaps that came and went."""

    name: str
    verdict: Verdict
    status: tuple[str, str]
    evidence: tuple[str, str] = ("", "")
    builder: tuple[str, str] = ("", "")
    came: tuple[str, ...] = ()
    went: tuple[str, ...] = ()
    figures: tuple[Moved, ...] = ()

    @property
    def lines(self) -> tuple[str, ...]:
        """What changed, in words, a line for each thing."""
        said = []
        for name, (before, now) in (("status", self.status), ("evidence", self.evidence), ("builder", self.builder)):
            if before != now:
                said.append(f"{name} {_word(before)} → {_word(now)}")
        said += [f"new gap: {gap}" for gap in self.came]
        said += [f"gap gone: {gap}" for gap in self.went]
        said += [
            f"{moved.name} {_figure(moved.before)} → {_figure(moved.now)} {moved.ratio}".rstrip().replace("_", " ")
            for moved in self.figures
        ]
        return tuple(said)


class Changes(NamedTuple):
    """What changed between two reports: the percentages, and the models, the worse ones first."""

    registry: str
    overall: tuple[float, float]
    full: tuple[float, float]
    models: tuple[Change, ...]
    without_figures: bool

    def of(self, verdict: Verdict) -> tuple[Change, ...]:
        """Return the models that this became of."""
        return tuple(change for change in self.models if change.verdict == verdict)

    @property
    def counts(self) -> dict[str, int]:
        """How many models what became of, without those that are as they were."""
        return {verdict: count for verdict in _VERDICTS if (count := len(self.of(verdict)))}


def read(file: str | os.PathLike[str]) -> dict[str, Any]:
    """Return an earlier report, as `coverage --format json` wrote it.

    Raises:
        EarlierError: the file can't be read, or is no such report, or one of another `schema_version`.
    """
    name = printable(file)
    try:
        data: Any = json.loads(Path(file).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        said = error.strerror if isinstance(error, OSError) else error
        message = f"the report {name} can't be read: {printable(said)}"
        raise EarlierError(message) from error
    version = data.get("schema_version") if isinstance(data, dict) else None
    if isinstance(data, dict) and version != SCHEMA_VERSION and "schema_version" in data:
        message = f"{name} has schema_version {printable(version, 40)}; expected {SCHEMA_VERSION}"
        raise EarlierError(message)
    if not (isinstance(data, dict) and version == SCHEMA_VERSION and _is_report(data)):
        message = f"{name} is no report: expected what `llmsim-adapters coverage --format json` writes"
        raise EarlierError(message)
    return data


def _is_report(data: dict[str, Any]) -> bool:
    models = data.get("models")
    percentages = (data.get("overall_coverage"), data.get("full_coverage"))
    numbers = all(isinstance(value, (int, float)) and not isinstance(value, bool) for value in percentages)
    return numbers and isinstance(models, list) and all(map(_is_model, models))


def _is_model(row: Any) -> bool:
    answer = row.get("coverage") if isinstance(row, dict) else None
    if not isinstance(answer, dict) or not isinstance(row.get("name"), str):
        return False
    gaps, figures = answer.get("gaps"), row.get("figures", {})
    return (
        answer.get("status") in _STATUSES
        and answer.get("evidence") in _EVIDENCE
        and isinstance(answer.get("builder"), (str, type(None)))
        and isinstance(gaps, list)
        and all(isinstance(gap, dict) and {"kind", "name"} <= gap.keys() for gap in gaps)
        and isinstance(figures, dict)
        and all(type(value) is int for value in figures.values())
    )


def compare(earlier: Mapping[str, Any], report: Report) -> Changes:
    """Return what changed between an earlier report, which `read` checked, and this one.

    Models are told apart by their names; a registry that has a name twice, by their order. A model is worse where its
    status is, or, of the same status, where less stands behind it or it has a gap that it had not.
    """
    data = report.to_dict()
    before, now = (_named(each["models"]) for each in (earlier, data))
    changes = [*_changes(before, now)]
    changes.sort(key=lambda change: _VERDICTS.index(change.verdict))
    return Changes(
        str(earlier.get("registry", "")),
        (float(earlier["overall_coverage"]), report.overall_coverage),
        (float(earlier["full_coverage"]), report.full_coverage),
        tuple(changes),
        not any("figures" in row for row in earlier["models"]),
    )


def _word(value: str) -> str:
    return value.replace("_", " ") or "none"


def _figure(value: int | None) -> str:
    return "none" if value is None else f"{value:,}"


def _named(rows: Iterable[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    taken: Counter[str] = Counter()
    found = {}
    for row in rows:
        name = row["name"]
        taken[name] += 1
        found[name if taken[name] == 1 else f"{name} ({taken[name]})"] = row
    return found


def _changes(before: Mapping[str, dict[str, Any]], now: Mapping[str, dict[str, Any]]) -> Iterator[Change]:
    for name, row in now.items():
        if name not in before:
            yield Change(name, "new", ("", row["coverage"]["status"]))
        elif (change := _change(name, before[name], row)) is not None:
            yield change
    for name, row in before.items():
        if name not in now:
            yield Change(name, "gone", (row["coverage"]["status"], ""))


def _change(name: str, row: dict[str, Any], new: dict[str, Any]) -> Change | None:
    old, answer = row["coverage"], new["coverage"]
    status = (old["status"], answer["status"])
    evidence = (old["evidence"], answer["evidence"])
    builder = (old["builder"] or "", answer["builder"] or "")
    had, has = (dict.fromkeys(f"{gap['kind']} {gap['name']}" for gap in each["gaps"]) for each in (old, answer))
    came, went = tuple(gap for gap in has if gap not in had), tuple(gap for gap in had if gap not in has)
    figures = tuple(_moved(row["figures"], new["figures"])) if "figures" in row else ()
    if not (
        came or went or figures or status[0] != status[1] or evidence[0] != evidence[1] or builder[0] != builder[1]
    ):
        return None
    rise = _STATUSES.index(status[1]) - _STATUSES.index(status[0])
    firmer = _EVIDENCE.index(evidence[1]) - _EVIDENCE.index(evidence[0])
    verdict: Verdict = "changed"
    if rise < 0 or (rise == 0 and (came or firmer < 0)):
        verdict = "worse"
    elif rise > 0 or went or firmer > 0:
        verdict = "better"
    return Change(name, verdict, status, evidence, builder, came, went, figures)


def _moved(before: Mapping[str, int], now: Mapping[str, int]) -> Iterator[Moved]:
    for name in dict.fromkeys((*before, *now)):
        if before.get(name) != now.get(name):
            yield Moved(name, before.get(name), now.get(name))
