"""Transfers: what ranks send each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple

from llmsim_adapters.spec.dtypes import bytes_of
from llmsim_adapters.traced import ceil_div

if TYPE_CHECKING:
    from collections.abc import Mapping


class Transfer(NamedTuple):
    """One transfer of a block, run `repeat` times, among `ranks` of them.

    Each rank holds `rows` of `width` numbers, `copies` times: for an `all_reduce` the summands, for an `all_gather` the
    result, for `dispatch` and `combine` its tokens, once for each expert that they are sent to.
    """

    name: str
    kind: Literal["all_reduce", "all_gather", "dispatch", "combine"]
    stack: str
    block: str
    rows: int
    width: int
    copies: int
    dtype: str
    ranks: int
    repeat: int

    @property
    def payload(self) -> int:
        """Bytes that one rank holds, once."""
        return bytes_of(self.rows * self.width * self.copies, self.dtype)

    @property
    def bytes(self) -> int:
        """Bytes that one rank sends in all executions.

        In a ring, an all-reduce sends 2 (ranks - 1) / ranks of the payload, and an all-gather half of that (Patarasuk
        and Yuan, 2009). Of tokens that are sent to experts, 1 / ranks stay where they are in the mean.
        """
        return ceil_div(_ROUNDS[self.kind] * (self.ranks - 1) * self.payload, self.ranks) * self.repeat

    @property
    def path(self) -> str:
        """The transfer's name, unique in its graph: stack, block and name."""
        return f"{self.stack}.{self.block}.{self.name}"

    def to_dict(self) -> dict[str, Any]:
        """Return the sizes and figures, ready for JSON."""
        return {**self._asdict(), "payload": self.payload, "bytes": self.bytes}


_ROUNDS: Final[Mapping[str, int]] = {"all_reduce": 2, "all_gather": 1, "dispatch": 1, "combine": 1}
