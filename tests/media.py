"""The committed facts of what encoders run: real encoders' FLOPs and rows for one batch of pictures or sounds each."""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

import llmsim_adapters as la
from tests.facts import checkpoint, facts


class TowerRun(NamedTuple):
    """One batch that a real encoder ran: the whole model's config, the schedule of it, FLOPs and rows that came out."""

    config: dict[str, Any]
    fields: dict[str, Any]
    flops: int
    tokens: int

    def graph(self) -> la.OperatorGraph:
        """Return the graph of a step with these media in one sequence."""
        return la.load(self.config).build(checkpoint(seq_len=2**20, **self.fields))

    @property
    def holds(self) -> bool:
        """Whether the graph's encoders have these FLOPs, and their results as many rows."""
        graph = self.graph()
        return (ran(graph), sum(item.tokens for item in graph.media)) == (self.flops, self.tokens)


def ran(graph: la.OperatorGraph) -> int:
    """Return the FLOPs of a graph's encoders."""
    towers = {stack for stack in ("vision", "audio") if any(op.stack == stack for op in graph.operators)}
    return sum(op.flops for op in graph.operators if op.stack in towers)


@cache
def tower_runs() -> tuple[tuple[str, TowerRun], ...]:
    """Return every run, each with a name."""
    return tuple(
        (
            f"{name}-{run['grids']}",
            TowerRun(found["config"], _of_grids(found["config"], run["grids"]), run["flops"], run["tokens"]),
        )
        for name, found in facts("tower_runs")["types"].items()
        for run in found["runs"]
    )


def _of_grids(config: dict[str, Any], grids: list[list[int]]) -> dict[str, Any]:
    """Return the fields of a schedule whose media have so many frames, rows and columns of patches."""
    vision = config["vision_config"]
    side, frames = vision["patch_size"], vision["temporal_patch_size"]
    return {
        "images": tuple((rows * side, columns * side) for shot, rows, columns in grids if shot == 1),
        "videos": tuple((shot * frames, rows * side, columns * side) for shot, rows, columns in grids if shot > 1),
        "preprocessed": True,
    }
