"""What encoders run has the FLOPs that torch counts in the real ones, and media become as many tokens."""

from __future__ import annotations

import pytest

from tests.facts import checkpoint, facts
from tests.media import TowerRun, tower_runs


@pytest.mark.parametrize("run", [pytest.param(run, id=name) for name, run in tower_runs() if run.is_modelled])
def test_an_encoder_runs_what_torch_counts(run: TowerRun) -> None:
    assert run.found() == run.counted()


WHOLES = {name.split("-[")[0]: run for name, run in tower_runs() if run.is_modelled}


@pytest.mark.parametrize("name", sorted(WHOLES.keys() & facts("media_totals")["types"].keys()))
def test_a_whole_model_has_the_parameters_of_the_real_one(name: str) -> None:
    assert WHOLES[name].model.build(checkpoint()).parameters == facts("media_totals")["types"][name]
