"""The coverage report: what a list of models looks like to the registered builders."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from llmsim_adapters.errors import ConfigUnavailable
from llmsim_adapters.evaluation.evaluator import OWN_SCHEDULE, unavailable
from llmsim_adapters.evaluation.status import Status
from llmsim_adapters.gap import Gap, GapKind
from llmsim_adapters.model import Model, not_found
from llmsim_adapters.plugins.isolation import refuse_plugins
from llmsim_adapters.registries.registry import Registry, Row, load_registry
from llmsim_adapters.sources import HubSession, Provenance, find_all
from llmsim_adapters.text import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from llmsim_adapters.evaluation.result import Coverage
    from llmsim_adapters.evaluation.total import Total
    from llmsim_adapters.graph.graph import OperatorGraph

_UNKNOWN: Final = "unknown"


class ReportRow(NamedTuple):
    """One model of a report; `total` is the external total that the registry has of it.

    `graph` is what stands behind the answer: what the files hold, by the best builder.
    """

    family: str
    name: str
    source: str
    coverage: Coverage
    total: Total | None = None
    graph: OperatorGraph | None = None


class Counts(NamedTuple):
    """How many models there are of each status."""

    total: int
    fully: int
    partially: int
    unsupported: int


@dataclass(frozen=True, slots=True)
class Report:
    """The coverage of every model of a registry, in the registry's order."""

    name: str
    title: str
    rows: tuple[ReportRow, ...]

    @property
    def counts(self) -> Counts:
        """How many models there are of each status."""
        return _count(row.coverage for row in self.rows)

    @property
    def categories(self) -> dict[str, Counts]:
        """The same for each category that occurs; `unknown` where there is no config to tell it by."""
        grouped: dict[str, list[Coverage]] = {}
        for row in self.rows:
            found = row.coverage.category
            grouped.setdefault(_UNKNOWN if found is None else found.value, []).append(row.coverage)
        order = sorted(grouped, key=lambda name: (name == _UNKNOWN, -len(grouped[name]), name))
        return {name: _count(grouped[name]) for name in order}

    @property
    def overall_coverage(self) -> float:
        """Models that are fully or partially supported, in percent of all: the coverage report's one figure."""
        counts = self.counts
        return 100.0 * (counts.fully + counts.partially) / counts.total if counts.total else 0.0

    @property
    def full_coverage(self) -> float:
        """Models that are fully supported, in percent of all."""
        counts = self.counts
        return 100.0 * counts.fully / counts.total if counts.total else 0.0

    def to_dict(self) -> dict[str, Any]:
        """Return the report, ready for JSON; `llmsim-adapters schema` prints its schema."""
        return {
            "registry": self.name,
            "title": self.title,
            "counts": self.counts._asdict(),
            "overall_coverage": self.overall_coverage,
            "full_coverage": self.full_coverage,
            "categories": {name: counts._asdict() for name, counts in self.categories.items()},
            "models": [
                {
                    "family": row.family,
                    "name": row.name,
                    "source": row.source,
                    "total": None if row.total is None else row.total._asdict(),
                    "coverage": row.coverage.to_dict(),
                }
                for row in self.rows
            ],
        }


def coverage(
    registry: str | Path | Sequence[str | Path | Mapping[str, Any]],
    *,
    endpoint: str | None = None,
    offline: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> Report:
    """Evaluate every model of a registry.

    Args:
        registry: `report` (the 19 models of the first coverage report), `sglang` (the architectures of SGLang),
            the path of a registry file, or a list of sources as `load` takes them.
        endpoint: the address of a mirror of the hub.
        offline: ask no hub at all.
        progress: called with the number of configs that are there, and the number of all, as they come in.

    Raises:
        RegistryError: the registry can't be read.
        AdapterError: a plugin's code calls it while the host runs that code.
    """
    refuse_plugins("evaluate models")
    if isinstance(registry, (str, Path)):
        listed = load_registry(registry)
        rows, sources = listed.models, [_source(row) for row in listed.models]
    else:
        listed = Registry(models=(), name="list")
        rows = tuple(Row(name=_name(source)) for source in registry)
        sources = [(source, None) for source in registry]
    wanted = [source for source in sources if source is not None]
    told = None if progress is None else lambda done: progress(done, len(wanted))
    found = iter(find_all(wanted, endpoint=endpoint, offline=offline, session=HubSession(), progress=told))
    return Report(
        listed.name,
        listed.title,
        tuple(
            _row(row, source, None if source is None else next(found))
            for row, source in zip(rows, sources, strict=True)
        ),
    )


def _source(row: Row) -> tuple[Any, str | None] | None:
    if row.huggingface is not None:
        return row.huggingface, row.modelscope
    if row.modelscope is not None:
        return f"modelscope.cn/{row.modelscope}", None
    return None


def _name(source: str | Path | Mapping[str, Any]) -> str:
    return printable(source) if isinstance(source, (str, Path)) else "config"


def _row(row: Row, source: tuple[Any, str | None] | None, found: Any) -> ReportRow:
    shown = "" if source is None else _name(source[0])
    if source is None:
        gap = Gap(
            GapKind.CONFIG_UNAVAILABLE,
            "config.json",
            f"the registry names no model with the architecture {row.architecture or row.name}; "
            "evaluate a config of it by `llmsim-adapters explain SOURCE`",
        )
        return ReportRow(row.family, row.name, shown, unavailable(Provenance("none", ""), gap))
    total = None if row.total is None else row.total.total()
    if isinstance(found, ConfigUnavailable):
        return ReportRow(row.family, row.name, shown, not_found(found), total)
    model = Model(found, total)
    answer = model.coverage
    graph = None if answer.builder is None else model.build(OWN_SCHEDULE)
    return ReportRow(row.family, row.name, shown, answer, total, graph)


def _count(coverages: Any) -> Counts:
    found = Counter(answer.status for answer in coverages)
    return Counts(
        found.total(),
        found[Status.FULLY_SUPPORTED],
        found[Status.PARTIALLY_SUPPORTED],
        found[Status.NOT_SUPPORTED],
    )
