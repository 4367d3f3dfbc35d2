"""A graph's parts as columns, which data frames take as they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

from llmsim_adapters.graph.cache import Cache
from llmsim_adapters.graph.operator import Weight
from llmsim_adapters.graph.transfer import Transfer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmsim_adapters.graph.graph import OperatorGraph

What: TypeAlias = Literal["operators", "weights", "caches", "transfers"]
"""The parts of a graph that are tables."""

_WHAT: Final = ("operators", "weights", "caches", "transfers")
_LARGEST: Final = (1 << 63) - 1  # what a column of 64-bit integers can hold


def table(graph: OperatorGraph, what: What) -> dict[str, list[Any]]:
    """Return a part of a graph as columns of equal length; one without rows has its columns still.

    Raises:
        ValueError: a graph has no such table.
    """
    if what not in _WHAT:
        message = f"no table {what!r}; there are {', '.join(_WHAT[:-1])} and {_WHAT[-1]}"
        raise ValueError(message)
    rows = [*_ROWS[what](graph)]
    names = rows[0] if rows else _NAMES.get(what, ())
    return {name: _column([row[name] for row in rows]) for name in names}


def _column(values: list[Any]) -> list[Any]:
    """Return a column, as floats where an integer has more than 64 bits, which no data frame could hold."""
    if any(type(value) is int and value > _LARGEST for value in values):
        return [None if value is None else float(value) for value in values]
    return values


def _operators(graph: OperatorGraph) -> Iterator[dict[str, Any]]:
    total = graph.flops
    for op in graph.operators:
        share = op.flops / total if total else 0.0
        yield {**op.to_dict(), "share": share, "intensity": op.flops / op.bytes if op.bytes else 0.0}


def _weights(graph: OperatorGraph) -> Iterator[dict[str, Any]]:
    total = graph.weight_bytes
    for weight in graph.weights:
        yield {**weight.to_dict(), "share": weight.rank_bytes / total if graph._loads(weight) else 0.0}


def _caches(graph: OperatorGraph) -> Iterator[dict[str, Any]]:
    return (cache._asdict() for cache in graph.caches)


def _transfers(graph: OperatorGraph) -> Iterator[dict[str, Any]]:
    total = graph.transfer_bytes
    for transfer in graph.transfers:
        yield {**transfer.to_dict(), "share": transfer.bytes / total if total else 0.0}


_ROWS: Final = {"operators": _operators, "weights": _weights, "caches": _caches, "transfers": _transfers}
_NAMES: Final = {
    "weights": (*Weight._fields, "elements", "bytes", "rank_bytes", "share"),
    "caches": Cache._fields,
    "transfers": (*Transfer._fields, "payload", "bytes", "share"),
}
