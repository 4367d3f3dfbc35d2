"""Totals that others published or measured, to hold a graph against."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from llmsim_adapters.graph.graph import OperatorGraph


class Total(NamedTuple):
    """An external total: `counts` says which of parameters, buffers and mtp parameters it includes."""

    value: int
    source: str
    kind: Literal["published", "generated_reference"]
    counts: tuple[Literal["parameters", "buffers", "mtp"], ...] = ("parameters",)

    def of(self, graph: OperatorGraph) -> int:
        """Return what a graph has of the things that this total counts."""
        figures = {"parameters": graph.parameters, "buffers": graph.buffers, "mtp": graph.mtp_parameters}
        return sum(figures[name] for name in self.counts)
