"""A census in sums: by status, by cause and by weight; of parts that are added up, in bounded memory."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from llmsim_adapters.evaluation.status import Status
from llmsim_adapters.text import printable

if TYPE_CHECKING:
    from collections.abc import Mapping

LIMIT: Final = 20_000
"""So many causes, and so many model types, are told apart; those that come later are counted together."""

_OTHERS: Final = ("others", "what came after so many that no more are told apart")
_EXAMPLES: Final = 3


class CensusCause(NamedTuple):
    """What configs wait for: how many, and how many of them for nothing else; and the same by weight."""

    name: str
    meaning: str
    models: int
    alone: int
    weight: int | float
    weight_alone: int | float
    examples: tuple[str, ...] = ()


class CensusType(NamedTuple):
    """A model type: how many configs are of it, how many of them are fully supported; and the same by weight."""

    name: str
    models: int
    fully: int
    weight: int | float
    weight_fully: int | float


class Tally(NamedTuple):
    """How many configs, and what they weigh together."""

    models: int = 0
    weight: int | float = 0


@dataclass(slots=True)
class Summary:
    """Sums of rows, and of other sums."""

    statuses: dict[str, list[Any]] = field(default_factory=dict)
    evidence: dict[str, list[Any]] = field(default_factory=dict)
    errors: int = 0
    unweighed: int = 0
    _causes: dict[tuple[str, str], list[Any]] = field(default_factory=dict)
    _types: dict[str, list[Any]] = field(default_factory=dict)

    def add(self, row: Mapping[str, Any]) -> None:
        """Count a row."""
        weight = row["weight"]
        if weight is None:
            self.unweighed += 1
            weight = 0
        self.errors += row["error"] is not None
        fully = row["status"] == Status.FULLY_SUPPORTED.value
        _add(self.statuses, row["status"], (1, weight))
        _add(self.evidence, row["evidence"], (1, weight))
        if row["model_type"]:
            self._count(self._types, row["model_type"], "others", (1, int(fully), weight, weight if fully else 0))
        alone = len(row["causes"]) == 1
        for name, meaning in row["causes"]:
            counts = (1, int(alone), weight, weight if alone else 0)
            self._cause((printable(name), meaning), counts, [row["id"]])

    def merge(self, data: Mapping[str, Any]) -> None:
        """Add what `to_data` gave of other rows."""
        self.errors += data["errors"]
        self.unweighed += data["unweighed"]
        for own, others in ((self.statuses, data["statuses"]), (self.evidence, data["evidence"])):
            for name, counts in others.items():
                _add(own, name, counts)
        for name, *counts in data["types"]:
            self._count(self._types, name, "others", counts)
        for name, meaning, models, alone, weight, weight_alone, examples in data["causes"]:
            self._cause((name, meaning), (models, alone, weight, weight_alone), examples)

    def to_data(self) -> dict[str, Any]:
        """Return everything, ready for JSON, to be merged."""
        return {
            "errors": self.errors,
            "unweighed": self.unweighed,
            "statuses": self.statuses,
            "evidence": self.evidence,
            "types": [[name, *counts] for name, counts in self._types.items()],
            "causes": [[*cause, *counts] for cause, counts in self._causes.items()],
        }

    @property
    def total(self) -> Tally:
        """Every config."""
        return Tally(*map(sum, zip(*self.statuses.values(), strict=True))) if self.statuses else Tally()

    @property
    def causes(self) -> tuple[CensusCause, ...]:
        """Every cause, the one first that has most weight; of equals, that most configs wait for."""
        found = (
            CensusCause(name, meaning, models, alone, weight, weight_alone, tuple(examples))
            for (name, meaning), (models, alone, weight, weight_alone, examples) in self._causes.items()
        )
        return tuple(sorted(found, key=lambda cause: (-cause.weight, -cause.models, -cause.alone, cause.name)))

    @property
    def types(self) -> tuple[CensusType, ...]:
        """Every model type, in the same order."""
        found = (CensusType(name, *counts) for name, counts in self._types.items())
        return tuple(sorted(found, key=lambda each: (-each.weight, -each.models, each.name)))

    def _cause(self, cause: tuple[str, str], counts: Any, examples: list[str]) -> None:
        own = self._count(self._causes, cause, _OTHERS, counts)
        if len(own) == 4:
            own.append([])
        own[4] += examples[: _EXAMPLES - len(own[4])]

    def _count(self, table: dict[Any, list[Any]], name: Any, others: Any, counts: Any) -> list[Any]:
        if name not in table and len(table) >= LIMIT:
            name = others
        return _add(table, name, counts)


def _add(table: dict[Any, list[Any]], name: Any, counts: Any) -> list[Any]:
    own = table.get(name)
    if own is None:
        own = table[name] = [0] * len(counts)
    for at, count in enumerate(counts):
        own[at] += count
    return own
