"""A graph's parts as columns, which data frames take as they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

from llmsim_adapters.graph.cache import Cache
from llmsim_adapters.graph.operator import Weight
from llmsim_adapters.graph.transfer import Transfer

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from llmsim_adapters.graph.operator import Operator

What: TypeAlias = Literal["operators", "weights", "caches", "transfers"]
"""The parts of a graph that are tables."""

WHAT: Final = ("operators", "weights", "caches", "transfers")
"""The same, to look a name up in."""

_LARGEST: Final = (1 << 63) - 1  # what a column of 64-bit integers can hold


def table(what: What, parts: Sequence[Any], total: int, of_total: Sequence[bool]) -> dict[str, list[Any]]:
    """Return parts of a graph as columns of equal length; without parts, the columns are there and empty.

    Args:
        what: what the parts are.
        parts: the operators, for instance.
        total: the graph's figure that parts have shares of.
        of_total: whether each of the parts is in that.
    """
    rows = [*_ROWS[what](parts, total, of_total)]
    names = rows[0] if rows else _NAMES.get(what, ())
    return {name: _column([row[name] for row in rows]) for name in names}


def _column(values: list[Any]) -> list[Any]:
    """Return a column, as floats where an integer has more than 64 bits, which no data frame could hold."""
    if any(type(value) is int and value > _LARGEST for value in values):
        return [None if value is None else float(value) for value in values]
    return values


def _operators(parts: Sequence[Operator], total: int, _: Sequence[bool]) -> Iterator[dict[str, Any]]:
    for op in parts:
        share = op.flops / total if total else 0.0
        yield {**op.to_dict(), "share": share, "intensity": op.flops / op.bytes if op.bytes else 0.0}


def _weights(parts: Sequence[Weight], total: int, of_total: Sequence[bool]) -> Iterator[dict[str, Any]]:
    for weight, counts in zip(parts, of_total, strict=True):
        yield {**weight.to_dict(), "share": weight.rank_bytes / total if counts else 0.0}


def _caches(parts: Sequence[Cache], *_: Any) -> Iterator[dict[str, Any]]:
    return (cache._asdict() for cache in parts)


def _transfers(parts: Sequence[Transfer], total: int, _: Sequence[bool]) -> Iterator[dict[str, Any]]:
    for transfer in parts:
        yield {**transfer.to_dict(), "share": transfer.bytes / total if total else 0.0}


_ROWS: Final[dict[str, Any]] = {
    "operators": _operators,
    "weights": _weights,
    "caches": _caches,
    "transfers": _transfers,
}
_NAMES: Final = {
    "weights": (*Weight._fields, "elements", "bytes", "rank_bytes", "share"),
    "caches": Cache._fields,
    "transfers": (*Transfer._fields, "payload", "bytes", "share"),
}
