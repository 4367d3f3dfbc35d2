"""What a census found, in sums; its rows are in the file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from llmsim_adapters.censuses.summary import Tally
from llmsim_adapters.dataclass import dataclass
from llmsim_adapters.evaluation.status import Evidence, Status
from llmsim_adapters.text import printable

if TYPE_CHECKING:
    from llmsim_adapters.censuses.summary import CensusCause, CensusType, Summary


@dataclass(frozen=True, slots=True)
class Census:
    """What a census found.

    Attributes:
        output: the file with a row for each config.
        weight: the column that configs are weighed by.
        summary: the sums.
    """

    output: str
    weight: str | None
    summary: Summary

    def __repr__(self) -> str:
        fully = self.statuses[Status.FULLY_SUPPORTED.value].models
        return f"<Census {printable(self.output)}: {fully:,} of {self.total.models:,} configs fully supported>"

    @property
    def total(self) -> Tally:
        """How many configs there are, and what they weigh."""
        return self.summary.total

    @property
    def statuses(self) -> dict[str, Tally]:
        """The same by status."""
        return {status.value: Tally(*self.summary.statuses.get(status.value, ())) for status in Status}

    @property
    def evidence(self) -> dict[str, Tally]:
        """The same by what stands behind the answers."""
        return {each.value: Tally(*self.summary.evidence.get(each.value, ())) for each in Evidence}

    @property
    def errors(self) -> int:
        """How many rows say an error: configs that can't be had or read."""
        return self.summary.errors

    @property
    def unweighed(self) -> int:
        """How many configs say no weight, and count as nothing by it."""
        return self.summary.unweighed

    @property
    def causes(self) -> tuple[CensusCause, ...]:
        """Why configs are not fully supported, the heaviest cause first."""
        return self.summary.causes

    @property
    def types(self) -> tuple[CensusType, ...]:
        """The model types, the heaviest first."""
        return self.summary.types

    def to_dict(self) -> dict[str, Any]:
        """Return the sums, ready for JSON; `llmsim-adapters schema census` prints their schema."""
        return {
            "output": self.output,
            "weighed_by": self.weight,
            "total": self.total._asdict(),
            "statuses": {name: tally._asdict() for name, tally in self.statuses.items()},
            "evidence": {name: tally._asdict() for name, tally in self.evidence.items()},
            "errors": self.errors,
            "unweighed": self.unweighed,
            "causes": [{**cause._asdict(), "examples": list(cause.examples)} for cause in self.causes],
            "types": [each._asdict() for each in self.types],
        }
