"""The models of a registry as pytest items, and the report in the terminal summary."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

import pytest

from llmsim_adapters.cli.coverage import document
from llmsim_adapters.cli.group import Failed
from llmsim_adapters.cli.output import write_file
from llmsim_adapters.cli.settings import found as settings_of
from llmsim_adapters.cli.terminal import render
from llmsim_adapters.errors import AdapterError
from llmsim_adapters.evaluation.status import Evidence, Status
from llmsim_adapters.registries.registry import registry_file
from llmsim_adapters.report import coverage
from llmsim_adapters.sources import TIMEOUT
from llmsim_adapters.testing.baseline import Baseline, describe

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from llmsim_adapters.gap import Gap
    from llmsim_adapters.reported import ReportRow

_STATUSES: Final = (Status.NOT_EVALUATED, Status.NOT_SUPPORTED, Status.PARTIALLY_SUPPORTED, Status.FULLY_SUPPORTED)
_EVIDENCE: Final = tuple(Evidence)


class Shortfall(Exception):
    """A model, or a registry, is worse than was asked for."""


class Threshold(NamedTuple):
    """A share of models, in percent, that the report has and ought to have, and of what."""

    name: str
    found: float
    least: float
    meaning: str


def _settings(config: pytest.Config) -> dict[str, Any]:
    """Return what the project sets for the command, which holds here, too; options of pytest come before it."""
    try:
        found = settings_of(config.invocation_params.dir)
    except Failed as error:
        raise pytest.UsageError(str(error)) from error
    return {} if found is None else found.values


class RegistryPlugin:
    """Adds the items to what pytest collected, and the report to what it says at the end."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        option = config.getoption
        settings = _settings(config)
        full = option("--llmsim-fail-under")
        self._under: dict[str, float | None] = {
            "full": settings.get("fail-under-full") if full is None else full,
            "overall": settings.get("fail-under"),
        }
        self._evidence = Evidence(option("--llmsim-evidence"))
        self._baseline: Baseline | None = None
        registry = option("--llmsim-coverage") or settings.get("registry", "report")
        self._file, self._asked = registry_file(registry).resolve(), False
        file, update = option("--llmsim-baseline"), option("--llmsim-update-baseline")
        if update and not file:
            message = "--llmsim-update-baseline needs --llmsim-baseline=FILE"
            raise pytest.UsageError(message)
        status = option("--llmsim-status")
        free = file is not None or any(least is not None for least in self._under.values())
        self._status = Status(status or ("not_evaluated" if free else "partially_supported"))
        try:
            offline = option("--llmsim-offline") or settings.get("offline", False)
            self.report = coverage(registry, offline=offline, timeout=settings.get("timeout", TIMEOUT))
            if file:
                if update and not hasattr(config, "workerinput"):  # one process of pytest-xdist writes
                    Baseline.of(self.report).write(file)
                self._baseline = Baseline.of(self.report) if update else Baseline.read(file)
            if (page := option("--llmsim-html") or settings.get("html")) and not hasattr(config, "workerinput"):
                from llmsim_adapters.page.render import render as render_page  # only pages need jinja2

                write_file(page, render_page(self.report))
        except AdapterError as error:
            raise pytest.UsageError(str(error)) from error

    def pytest_collect_file(self, file_path: Path, parent: pytest.Collector) -> Registry | None:
        """Collect the registry where its file is among pytest's arguments: ids of its items are, run once more."""
        if file_path != self._file:
            return None
        self._asked = True
        return Registry.from_parent(parent, path=file_path, plugin=self)

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self, session: pytest.Session, items: list[pytest.Item]) -> None:
        """Add the models, unless they were asked for one by one."""
        if not self._asked:
            items.extend(Registry.from_parent(session, path=self._file, plugin=self).collect())

    def shortfalls(self, row: ReportRow) -> Iterator[str]:
        """Yield in what a model is worse than was asked for."""
        answer = row.coverage
        if _STATUSES.index(answer.status) < _STATUSES.index(self._status):
            yield f"{answer.status}; at least {self._status} was asked for"
        if _EVIDENCE.index(answer.evidence) < _EVIDENCE.index(self._evidence):
            yield f"evidence {answer.evidence}; at least {self._evidence} was asked for"
        if self._baseline is not None:
            yield from self._baseline.regressions(row)

    def gaps(self, row: ReportRow) -> list[Gap]:
        """Return the gaps to be shown of a model: none where a baseline has them, which names the new ones."""
        known = self._baseline is not None and self._baseline.knows_gaps(row)
        return [] if known else list(row.coverage.gaps)

    @property
    def thresholds(self) -> Iterator[Threshold]:
        """What the report as a whole has to reach."""
        for of, found, meaning in (
            ("full", self.report.full_coverage, "fully"),
            ("overall", self.report.overall_coverage, "fully or partially"),
        ):
            least = self._under[of]
            if least is not None:
                yield Threshold(f"{of} coverage", found, least, meaning)

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        terminalreporter.section(f"coverage of {self.report.name}")
        terminalreporter.write(render(document(self.report, full=False), width=terminalreporter._tw.fullwidth))


class Registry(pytest.File):
    """The registry's file, as the parent of its models: their ids are `file::model`."""

    def __init__(self, *, plugin: RegistryPlugin, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._plugin = plugin

    def collect(self) -> list[pytest.Item]:
        """Return an item for each model, and one for the threshold if there is any."""
        found: list[pytest.Item] = []
        taken: dict[str, int] = {}
        for row in self._plugin.report.rows:
            count = taken[row.name] = taken.get(row.name, 0) + 1
            name = row.name if count == 1 else f"{row.name} ({count})"
            found.append(ModelItem.from_parent(self, name=name, plugin=self._plugin, row=row))
        for threshold in self._plugin.thresholds:
            found.append(ThresholdItem.from_parent(self, name=threshold.name, threshold=threshold))
        return found


class ModelItem(pytest.Item):
    """One model: its status, its evidence, and whether it got worse."""

    def __init__(self, *, plugin: RegistryPlugin, row: ReportRow, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._plugin, self._row = plugin, row
        for name, value in describe(row).items():
            if name == "figures":
                self.user_properties += [(f"llmsim_{figure}", str(number)) for figure, number in value.items()]
            elif name != "gaps":
                self.user_properties.append((f"llmsim_{name}", str(value)))
        self.user_properties += [("llmsim_gap", str(gap)) for gap in row.coverage.gaps]

    def runtest(self) -> None:
        """Fail where the model is worse than was asked for."""
        reasons = list(self._plugin.shortfalls(self._row))
        if reasons:
            raise Shortfall("\n".join([*reasons, *(f"  {gap}" for gap in self._plugin.gaps(self._row))]))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """Return the reasons, without a traceback into this package."""
        if isinstance(excinfo.value, Shortfall):
            return f"{self._row.source or self._row.name}: {excinfo.value}"
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Return what pytest shows of the item."""
        return self.path, None, self.name


class ThresholdItem(pytest.Item):
    """The share of models that are supported."""

    def __init__(self, *, threshold: Threshold, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._threshold = threshold

    def runtest(self) -> None:
        """Fail where the share is less than was asked for."""
        _, found, least, meaning = self._threshold
        if found < least:
            raise Shortfall(f"{found:.1f} % of the models are {meaning} supported; expected {least:g} %")

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """Return the sentence, without a traceback into this package."""
        return str(excinfo.value) if isinstance(excinfo.value, Shortfall) else super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Return what pytest shows of the item."""
        return self.path, None, self.name
