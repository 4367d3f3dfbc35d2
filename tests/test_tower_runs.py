"""What encoders run has the FLOPs that torch counts in the real ones, and media become as many tokens."""

from __future__ import annotations

import pytest

from tests.media import TowerRun, tower_runs


def modelled(run: TowerRun) -> bool:
    """Whether what the encoders run is modelled."""
    spec = run.model.spec
    return spec is not None and bool(spec.towers) and all(tower.media is not None for tower in spec.towers)


@pytest.mark.parametrize("run", [pytest.param(run, id=name) for name, run in tower_runs() if modelled(run)])
def test_an_encoder_runs_what_torch_counts(run: TowerRun) -> None:
    assert run.found() == run.counted()
