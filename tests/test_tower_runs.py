"""What encoders run has the FLOPs that torch counts in the real ones, and their results as many rows."""

from __future__ import annotations

import pytest

from tests.media import TowerRun, ran, tower_runs


@pytest.mark.parametrize("run", [pytest.param(run, id=name) for name, run in tower_runs()])
def test_an_encoder_runs_what_torch_counts(run: TowerRun) -> None:
    graph = run.graph()
    assert sum(item.tokens for item in graph.media) == run.tokens
    assert ran(graph) == run.flops
