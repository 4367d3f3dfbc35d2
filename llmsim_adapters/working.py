"""The working: every figure of a graph down to weight or operator, shape, formula and config key.

Nothing is written down twice: the rows are those of a graph that was built from traced integers, and their formulas
are what was computed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from llmsim_adapters.dataclass import dataclass
from llmsim_adapters.graph.figures import figures
from llmsim_adapters.traced import Traced, formula, leaves

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from llmsim_adapters.dialects.reading.reading import Parameter
    from llmsim_adapters.graph.figures import Part
    from llmsim_adapters.graph.graph import OperatorGraph


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
    component: str = ""
    formats: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Figure:
    """A total: the sum of its lines; `of` what it is, and the number formats in it, those of most of it first."""

    name: str
    unit: str
    value: int
    lines: tuple[Line, ...]
    of: str = ""
    formats: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Working:
    """The figures of a graph with their working, and the names that the formulas use.

    Formulas are Python expressions of the names, and of `min`, `max` and `ceil_div` (division rounded up).
    """

    figures: tuple[Figure, ...]
    names: tuple[Name, ...]
    notes: tuple[str, ...] = ()
    """Those of the graph: what one may not expect of the schedule and its engine."""

    def __repr__(self) -> str:
        return f"<Working of {', '.join(figure.name for figure in self.figures)}>"

    def to_dict(self) -> dict[str, Any]:
        """Return the working, ready for JSON."""
        return {
            "figures": [
                {
                    "name": figure.name,
                    "unit": figure.unit,
                    "value": int(figure.value),
                    "of": figure.of,
                    "formats": list(figure.formats),
                    "lines": [
                        {**line._asdict(), "value": int(line.value), "formats": list(line.formats)}
                        for line in figure.lines
                    ],
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
    found = figures(graph, length)
    totals = [figure.value for figure in found]
    return Working(
        tuple(
            Figure(figure.name, figure.unit, total, tuple(map(_line, figure.parts)), figure.of, figure.formats)
            for figure, total in zip(found, totals, strict=True)
        ),
        _names(totals, parameters),
        graph.notes,
    )


def _line(part: Part) -> Line:
    shape = _shape(*part.sizes) if part.sizes else part.kind
    return Line(part.path, shape, formula(part.value), part.value, part.component, part.formats)


def _shape(*sizes: int) -> str:
    """Return sizes in the order of the tensor's or the product's dimensions, each one a factor that is clear."""
    return " × ".join(f"({text})" if " " in text else text for text in map(formula, sizes))


def _names(values: Iterable[int], parameters: Mapping[str, Parameter]) -> tuple[Name, ...]:
    found: dict[str, Name] = {}
    for value in values:
        for leaf in leaves(value):
            if leaf.name not in found:
                parameter = parameters.get(leaf.name)
                key = None if parameter is None else parameter.key
                found[leaf.name] = Name(leaf.name, int(leaf), leaf.origin if key is None else f"key `{key}`")
    return tuple(found.values())
