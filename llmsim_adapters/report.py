"""The coverage report: what a list of models looks like to the registered builders."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from llmsim_adapters.dataclass import dataclass
from llmsim_adapters.evaluation.causes import Blocked, Cause, causes
from llmsim_adapters.evaluation.evaluator import unavailable
from llmsim_adapters.evaluation.status import Status
from llmsim_adapters.gap import Gap, GapKind
from llmsim_adapters.plugins.isolation import refuse_plugins
from llmsim_adapters.registries.registry import Registry, Row, load_registry
from llmsim_adapters.reported import Answered, Given, ReportRow, answers, proven
from llmsim_adapters.sources import TIMEOUT, HubSession, Provenance, find_all
from llmsim_adapters.text import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from concurrent.futures import Executor

    from llmsim_adapters.evaluation.recorded import Recorded
    from llmsim_adapters.evaluation.result import Coverage
    from llmsim_adapters.evaluation.total import Total

_UNKNOWN: Final = "unknown"
_LISTED: Final = "list"  # the name of a registry of sources that somebody lists


class Counts(NamedTuple):
    """How many models there are of each status."""

    total: int
    fully: int
    partially: int
    unsupported: int
    not_evaluated: int = 0

    @property
    def evaluated(self) -> int:
        """How many models have a config, which percentages are of."""
        return self.total - self.not_evaluated

    def percent(self, count: int) -> float:
        """Return so many models in percent of those that were evaluated."""
        return 100.0 * count / self.evaluated if self.evaluated else 0.0


@dataclass(frozen=True, slots=True)
class Report:
    """The coverage of every model of a registry, in the registry's order."""

    name: str
    title: str
    rows: tuple[ReportRow, ...]

    def __repr__(self) -> str:
        counts = self.counts
        return f"<Report {printable(self.name)}: {counts.fully} of {counts.total} models fully supported>"

    def _repr_html_(self) -> str:
        """Return the counts and the models, for notebooks."""
        from llmsim_adapters.markup import block, sentence, table  # only notebooks need it

        rows = (
            (
                row.name,
                row.coverage.category or "",
                row.coverage.builder or "",
                row.coverage.status.value.replace("_", " "),
                row.coverage.evidence.value,
                f"{len(row.coverage.gaps):,}",
            )
            for row in self.rows
        )
        said = f"overall coverage {self.overall_coverage:.1f} %, full coverage {self.full_coverage:.1f} %"
        headers = ("Model", "Category", "Builder", "Supported", "Evidence", ">Gaps")
        return block(self.heading, sentence(said), table(headers, rows))

    @property
    def heading(self) -> str:
        """What a report is headed with: its title, else what it is of."""
        count = len(self.rows)
        models = f"{count:,} models" if count != 1 else "1 model"
        return self.title or f"Coverage of {models if self.name == _LISTED else self.name}"

    @property
    def counts(self) -> Counts:
        """How many models there are of each status."""
        return _count(row.coverage for row in self.rows)

    @property
    def categories(self) -> dict[str, Counts]:
        """The same for each category that occurs; `unknown` where there is no config to tell it by."""
        return self._by(lambda row: None if row.coverage.category is None else row.coverage.category.value)

    @property
    def kinds(self) -> dict[str, Counts]:
        """The same for each kind that the registry tells apart: causal language models, drafts, encoders …"""
        return self._by(lambda row: None if row.entry is None else row.entry.kind)

    @property
    def families(self) -> dict[str, Counts]:
        """The same for each family."""
        return self._by(lambda row: row.family or None)

    @property
    def evidence(self) -> dict[str, Counts]:
        """The same for what stands behind the answers."""
        return self._by(lambda row: row.coverage.evidence.value)

    @property
    def configs(self) -> dict[str, Counts]:
        """The same for where configs are from: published, derived from those, or a class's defaults."""
        return self._by(lambda row: row.config)

    @property
    def causes(self) -> tuple[Cause, ...]:
        """Why models are not fully supported, and which models one cause alone holds back."""
        return causes(
            Blocked(row.name, None if row.entry is None else row.entry.kind, row.coverage.gaps)
            for row in self.rows
            if row.coverage.gaps
        )

    def _by(self, key: Callable[[ReportRow], str | None]) -> dict[str, Counts]:
        grouped: dict[str, list[Coverage]] = {}
        for row in self.rows:
            grouped.setdefault(key(row) or _UNKNOWN, []).append(row.coverage)
        order = sorted(grouped, key=lambda name: (name == _UNKNOWN, -len(grouped[name]), name))
        return {name: _count(grouped[name]) for name in order}

    @property
    def overall_coverage(self) -> float:
        """Fully or partially supported models, in percent of the evaluated: the coverage report's one figure."""
        counts = self.counts
        return counts.percent(counts.fully + counts.partially)

    @property
    def full_coverage(self) -> float:
        """Fully supported models, in percent of the evaluated."""
        return self.counts.percent(self.counts.fully)

    def to_dict(self) -> dict[str, Any]:
        """Return the report, ready for JSON; `llmsim-adapters schema` prints its schema."""
        return {
            "registry": self.name,
            "title": self.title,
            "counts": self.counts._asdict(),
            "overall_coverage": self.overall_coverage,
            "full_coverage": self.full_coverage,
            **{
                name: {group: counts._asdict() for group, counts in groups.items()}
                for name, groups in (
                    ("categories", self.categories),
                    ("kinds", self.kinds),
                    ("families", self.families),
                    ("evidence", self.evidence),
                    ("configs", self.configs),
                )
            },
            "causes": [
                {**cause._asdict(), "models": list(cause.models), "alone": list(cause.alone)} for cause in self.causes
            ],
            "models": [
                {
                    "family": row.family,
                    "name": row.name,
                    "source": row.source,
                    "kind": None if row.entry is None else row.entry.kind,
                    "model_type": row.coverage.model_type or (row.entry and row.entry.model_type) or None,
                    "config": row.config,
                    "total": None if row.total is None else row.total._asdict(),
                    "figures": dict(row.figures),
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
    timeout: float = TIMEOUT,
    waiting: Callable[[str], None] | None = None,
    executor: Executor | None = None,
    prove: bool = False,
    announce: Callable[[str], None] | None = None,
) -> Report:
    """Evaluate every model of a registry.

    Args:
        registry: `report` (the 19 models of the first coverage report), `sglang` (the architectures of SGLang),
            the path of a registry file, or a list of sources as `load` takes them.
        endpoint: the address of a mirror of the hub.
        offline: ask no hub at all.
        progress: called with the number of configs that are there, and the number of all, as they come in.
        timeout: the seconds that all hubs together have for each config; one that took them is not asked again.
        waiting: told the name and address of each hub as it is asked.
        executor: what evaluates, any `concurrent.futures.Executor`; configs are found here.
        prove: hold the headers of each model's files against its graph, too.
        announce: told in a line how many bytes of headers a hub will be asked for, before it is.

    Raises:
        RegistryError: the registry can't be read.
        AdapterError: a plugin's code calls it while the host runs that code.
    """
    refuse_plugins("evaluate models")
    options: dict[str, Any] = {
        "endpoint": endpoint,
        "offline": offline,
        "progress": progress,
        "timeout": timeout,
        "waiting": waiting,
        "executor": executor,
        "prove": prove,
        "announce": announce,
    }
    if isinstance(registry, (str, Path)):
        return evaluate(load_registry(registry), **options)
    listed = tuple(Row(name=_name(source)) for source in registry)
    return evaluate(Registry(models=listed, name=_LISTED), [(source, None) for source in registry], **options)


def evaluate(
    registry: Registry,
    sources: Sequence[tuple[Any, str | None] | None] | None = None,
    *,
    endpoint: str | None = None,
    offline: bool = False,
    progress: Callable[[int, int], None] | None = None,
    timeout: float = TIMEOUT,
    waiting: Callable[[str], None] | None = None,
    executor: Executor | None = None,
    prove: bool = False,
    announce: Callable[[str], None] | None = None,
) -> Report:
    """Evaluate every model of a registry that is loaded; `sources` in place of what its rows name."""
    rows = registry.models
    sources = [_source(row) for row in rows] if sources is None else sources
    at_hand = [None if row.config is None else row.config.config(row.architecture or row.name) for row in rows]
    wanted = [source for source, config in zip(sources, at_hand, strict=True) if source is not None and config is None]
    told = None if progress is None else lambda done: progress(done, len(wanted))
    session = HubSession(waiting)
    found = iter(find_all(wanted, endpoint=endpoint, offline=offline, session=session, progress=told, timeout=timeout))
    given: list[Given | None] = [
        None if source is None and config is None else Given(config or next(found), _total(row), _recorded(row))
        for row, source, config in zip(rows, sources, at_hand, strict=True)
    ]
    answered = iter(answers([each for each in given if each is not None], executor))
    reported = [
        _row(row, source, None if each is None else next(answered))
        for row, source, each in zip(rows, sources, given, strict=True)
    ]
    if prove:
        reach: dict[str, Any] = {"endpoint": endpoint, "offline": offline, "timeout": timeout, "session": session}
        reported = [proven(row, announce=announce, **reach) for row in reported]
    return Report(registry.name, registry.title, tuple(reported))


def _source(row: Row) -> tuple[Any, str | None] | None:
    if row.huggingface is not None:
        return row.huggingface, row.modelscope
    if row.modelscope is not None:
        return f"modelscope.cn/{row.modelscope}", None
    return None


def _name(source: str | Path | Mapping[str, Any]) -> str:
    return printable(source) if isinstance(source, (str, Path)) else "config"


def _row(row: Row, source: tuple[Any, str | None] | None, found: Answered | None) -> ReportRow:
    shown = "" if source is None else _name(source[0])
    if found is None:
        gap = Gap(
            GapKind.CONFIG_UNAVAILABLE,
            "config.json",
            f"the registry names no model with the architecture {row.architecture or row.name}"
            f"{f' ({row.note})' if row.note else ''}; evaluate a config of it by `llmsim-adapters explain SOURCE`",
        )
        return ReportRow(row.family, row.name, shown, unavailable(Provenance("none", ""), gap), entry=row)
    return ReportRow(row.family, row.name, shown, found.coverage, _total(row), row, found.figures, found.model)


def _total(row: Row) -> Total | None:
    return None if row.total is None else row.total.total()


def _recorded(row: Row) -> Recorded | None:
    return None if row.proof is None else row.proof.recorded()


def _count(coverages: Any) -> Counts:
    found = Counter(answer.status for answer in coverages)
    return Counts(
        found.total(),
        found[Status.FULLY_SUPPORTED],
        found[Status.PARTIALLY_SUPPORTED],
        found[Status.NOT_SUPPORTED],
        found[Status.NOT_EVALUATED],
    )
