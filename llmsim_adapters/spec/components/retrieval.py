"""Very many very small experts, found by product keys."""

from __future__ import annotations

from typing import ClassVar

from llmsim_adapters.dataclass import dataclass
from llmsim_adapters.spec.components.component import Component


@dataclass(frozen=True, slots=True, kw_only=True)
class RetrievedExperts(Component):
    """Experts of one hidden unit each (PEER, arXiv:2407.04153): a row of two tables, of which a token takes a few.

    Which ones is read off two rows of `num_keys` scores: expert (i, j) has the sum of the i-th and j-th.
    """

    kind: ClassVar[str] = "retrieved_experts"

    hidden_size: int
    num_experts: int
    num_experts_per_tok: int
    num_keys: int
