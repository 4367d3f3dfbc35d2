"""The working: every figure of a graph down to weight or operator, shape, formula and config key.

Nothing is written down twice: the rows are those of a graph that was built from traced integers, and their formulas
are what was computed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from llmsim_adapters.traced import Traced, formula, leaves

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from llmsim_adapters.dialects.reading.reading import Parameter
    from llmsim_adapters.graph.graph import OperatorGraph
    from llmsim_adapters.graph.operator import Weight


class Name(NamedTuple):
    """A name in the formulas: its value, and the config key, schedule field or derivation that it is."""

    name: str
    value: int
    origin: str


class Line(NamedTuple):
    """One summand of a figure: what it is of, its shape and its value as formulas, and its value."""

    of: str
    shape: str
    formula: str
    value: int


@dataclass(frozen=True, slots=True)
class Figure:
    """A total: the sum of its lines."""

    name: str
    unit: str
    value: int
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Working:
    """The figures of a graph with their working, and the names that the formulas use.

    Formulas are Python expressions of the names, and of `min`, `max` and `ceil_div` (division rounded up).
    """

    figures: tuple[Figure, ...]
    names: tuple[Name, ...]
    notes: tuple[str, ...] = ()
    """Those of the graph: what one may not expect of the schedule and its engine."""

    def to_dict(self) -> dict[str, Any]:
        """Return the working, ready for JSON."""
        return {
            "figures": [
                {
                    "name": figure.name,
                    "unit": figure.unit,
                    "value": int(figure.value),
                    "lines": [{**line._asdict(), "value": int(line.value)} for line in figure.lines],
                }
                for figure in self.figures
            ],
            "names": [{**name._asdict(), "value": int(name.value)} for name in self.names],
            "notes": list(self.notes),
        }


def working(graph: OperatorGraph, tokens: int, parameters: Mapping[str, Parameter]) -> Working:
    """Return the working of a traced graph; the cache is that of one sequence of `tokens` tokens.

    `parameters` says which key of the config each canonical name was read from.
    """
    length = Traced.leaf(tokens, "tokens", "length of the cached sequence")
    loaded = [w for w in graph.weights if w.stack != "mtp" or graph.schedule.mtp]
    figures = (
        _weights("parameters", graph.parameters, graph, "parameter", mtp=False),
        _weights("mtp_parameters", graph.mtp_parameters, graph, "parameter", mtp=True),
        _weights("buffers", graph.buffers, graph, "buffer", mtp=False),
        Figure(
            "weight_bytes",
            "bytes",
            graph.weight_bytes,
            tuple(Line(_path(w), w.dtype, formula(w.rank_bytes), w.rank_bytes) for w in loaded),
        ),
        Figure(
            "flops",
            "FLOPs",
            graph.flops,
            tuple(
                Line(
                    op.path,
                    _shape(op.m, op.k, op.n),
                    formula(op.flops),
                    op.flops,
                )
                for op in graph.operators
                if op.flops
            ),
        ),
        Figure(
            "flops_executed",
            "FLOPs",
            graph.flops_executed,
            tuple(
                Line(op.path, "", formula(op.flops_executed), op.flops_executed) for op in graph.operators if op.flops
            ),
        ),
        Figure(
            "transfer_bytes",
            "bytes",
            graph.transfer_bytes,
            tuple(Line(t.path, _shape(t.rows, t.width, t.copies), formula(t.bytes), t.bytes) for t in graph.transfers),
        ),
        Figure(
            "kv_cache_elements",
            "elements",
            graph.kv_cache_elements(length),
            tuple(
                Line(f"{c.stack}.{c.block}", c.kind, formula(c.elements(length)), c.elements(length))
                for c in graph.caches
                if c.kind != "state"
            ),
        ),
        Figure(
            "state_elements_per_sequence",
            "elements",
            graph.state_elements_per_sequence,
            tuple(
                Line(f"{c.stack}.{c.block}", c.kind, formula(c.elements(0)), c.elements(0))
                for c in graph.caches
                if c.kind == "state"
            ),
        ),
    )
    totals = [figure.value for figure in figures]
    return Working(tuple(f for f in figures if f.lines), _names(totals, parameters), graph.notes)


def _weights(name: str, value: int, graph: OperatorGraph, role: str, *, mtp: bool) -> Figure:
    lines = tuple(
        Line(_path(w), _shape(*w.shape), formula(w.elements), w.elements)
        for w in graph.weights
        if w.role == role and (w.stack == "mtp") == mtp
    )
    return Figure(name, "elements", value, lines)


def _shape(*sizes: int) -> str:
    """Return sizes in the order of the tensor's or the product's dimensions, each one a factor that is clear."""
    return " × ".join(f"({text})" if " " in text else text for text in map(formula, sizes))


def _path(weight: Weight) -> str:
    return f"{weight.stack}.{weight.block}.{weight.name}"


def _names(values: Iterable[int], parameters: Mapping[str, Parameter]) -> tuple[Name, ...]:
    found: dict[str, Name] = {}
    for value in values:
        for leaf in leaves(value):
            if leaf.name not in found:
                parameter = parameters.get(leaf.name)
                key = None if parameter is None else parameter.key
                found[leaf.name] = Name(leaf.name, int(leaf), leaf.origin if key is None else f"key `{key}`")
    return tuple(found.values())
