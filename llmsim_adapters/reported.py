"""A row of a report: one model, what the builders make of it, and what stands behind that."""

from __future__ import annotations

from dataclasses import field, replace
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from llmsim_adapters.dataclass import dataclass
from llmsim_adapters.errors import ConfigUnavailable
from llmsim_adapters.evaluation.graphs import OWN_SCHEDULE
from llmsim_adapters.evaluation.status import Status
from llmsim_adapters.gap import Gap, GapKind
from llmsim_adapters.graph.figures import held
from llmsim_adapters.loading import not_found
from llmsim_adapters.model import Model
from llmsim_adapters.spread import spread

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from concurrent.futures import Executor

    from llmsim_adapters.evaluation.recorded import Recorded
    from llmsim_adapters.evaluation.result import Coverage
    from llmsim_adapters.evaluation.total import Total
    from llmsim_adapters.graph.graph import OperatorGraph
    from llmsim_adapters.proof.result import Proof
    from llmsim_adapters.registries.registry import Row
    from llmsim_adapters.sources import RawConfig
    from llmsim_adapters.spec.model import ModelSpec

UNPUBLISHED: Final = ("derived", "class_default")
"""The sources of configs that no publisher's file is."""

_AT_ONCE: Final = 16
"""So many models are sent together; their configs take some kilobytes each."""


@dataclass(frozen=True, slots=True)
class ReportRow:
    """One model of a report; `total` is the external total that the registry has of it, `entry` its row there.

    `figures` are those by which reports are compared, of the graph of what the files hold; empty where there is none.
    `model` gives that graph and its spec. Pickled it is its config, so that they are made where somebody asks for them.
    `proof` is what the headers of its files said, where they were asked.
    """

    family: str
    name: str
    source: str
    coverage: Coverage
    total: Total | None = None
    entry: Row | None = None
    figures: Mapping[str, int] = field(default_factory=dict)
    model: Model | None = field(default=None, repr=False, compare=False)
    proof: Proof | None = None

    @property
    def config(self) -> str | None:
        """What kind of config was evaluated: `published`, `derived` or `class_default`; None where there was none."""
        if self.coverage.source.source == "none":
            return None
        return self.coverage.source.source if self.coverage.source.source in UNPUBLISHED else "published"

    @property
    def graph(self) -> OperatorGraph | None:
        """What the files hold, by the best builder."""
        return None if self.model is None or self.coverage.builder is None else self.model.build(OWN_SCHEDULE)

    @property
    def spec(self) -> ModelSpec | None:
        """What the model is."""
        return None if self.model is None else self.model.spec


class Given(NamedTuple):
    """A model to be reported on: its config or why there is none, an external total of it and a proof that was kept."""

    found: RawConfig | ConfigUnavailable
    total: Total | None
    recorded: Recorded | None = None


class Answered(NamedTuple):
    """What was found of it, and the model where it was found here."""

    coverage: Coverage
    figures: dict[str, int]
    model: Model | None = None


def answers(models: Sequence[Given], executor: Executor | None) -> list[Answered]:
    """Return what the builders make of models, in their order."""
    if executor is None:
        return [_answer(given) for given in models]
    blocks = [(start, tuple(models[start : start + _AT_ONCE])) for start in range(0, len(models), _AT_ONCE)]
    found: dict[int, list[Answered]] = {}
    for (start, block), answered in spread(_sent, blocks, executor):
        found[start] = [
            each if isinstance(given.found, ConfigUnavailable) else each._replace(model=_model(given.found, given))
            for given, each in zip(block, answered, strict=True)
        ]
    return [each for start in sorted(found) for each in found[start]]


def _sent(block: tuple[int, tuple[Given, ...]]) -> list[Answered]:
    """Return the answers without their models, whose configs are where they came from."""
    return [_answer(given)._replace(model=None) for given in block[1]]


def _answer(given: Given) -> Answered:
    if isinstance(given.found, ConfigUnavailable):
        return Answered(not_found(given.found), {})
    model = _model(given.found, given)
    coverage = model.coverage
    return Answered(coverage, {} if coverage.builder is None else held(model.build(OWN_SCHEDULE)), model)


def _model(found: RawConfig, given: Given) -> Model:
    return Model(found, given.total, recorded=given.recorded)


def proven(row: ReportRow, **options: Any) -> ReportRow:
    """Return a row with what the headers of its files say; where they can't be had, with a note that says so."""
    from llmsim_adapters.proof.headers import HeaderError  # which few reports need

    model, coverage = row.model, row.coverage
    if model is None or coverage.builder is None:
        return row
    try:
        proof = model.prove(**options)
    except HeaderError as error:
        return replace(row, coverage=replace(coverage, notes=(*coverage.notes, f"not proven: {error}")))
    if proof.equal:
        return replace(row, coverage=model.proven(proof).coverage, proof=proof)
    gap = Gap(GapKind.COUNT_MISMATCH, "tensors", f"the files at {proof.location} are {proof.verdict()}")
    status = Status.PARTIALLY_SUPPORTED
    return replace(row, coverage=replace(coverage, status=status, gaps=(*coverage.gaps, gap)), proof=proof)
