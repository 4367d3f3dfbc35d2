"""What is chosen of a grid of schedules."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from llmsim_adapters.dataclass import dataclass
from llmsim_adapters.errors import AdapterError

if TYPE_CHECKING:
    from llmsim_adapters.graph.schedule import Schedule


class SweepError(AdapterError):
    """A grid can't be looked through: it is too large to be numbered, or too many of its points are best."""


class BestPoint(NamedTuple):
    """A schedule that no other one of the grid beats.

    Attributes:
        schedule: what it is.
        ranks: tp_size * dp_size.
        sequences: of all ranks together.
        tokens: of each sequence.
        rank_memory_bytes: of weights, caches and states on one rank, with all tokens of its sequences.
    """

    schedule: Schedule
    ranks: int
    sequences: int
    tokens: int
    rank_memory_bytes: int


@dataclass(frozen=True, slots=True)
class Best:
    """The best points of a grid, those with the fewest ranks first, then those with the most sequences.

    Attributes:
        points: those that no other one beats.
        looked_at: how many points the grid has.
        refused: how many of them can't be.
        too_large: how many need more memory than there is.
    """

    points: tuple[BestPoint, ...]
    looked_at: int
    refused: int
    too_large: int

    def __repr__(self) -> str:
        return f"<Best {len(self.points):,} of {self.looked_at:,} schedules, {self.refused:,} refused>"
