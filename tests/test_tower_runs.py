"""What encoders run has the FLOPs that torch counts in the real ones, and media become as many tokens."""

from __future__ import annotations

from typing import Any

import pytest

import llmsim_adapters as la
from tests import conventions
from tests.facts import checkpoint, facts
from tests.media import TowerRun, tower_runs


@pytest.mark.parametrize("run", [pytest.param(run, id=name) for name, run in tower_runs() if run.is_modelled])
def test_an_encoder_runs_what_torch_counts(run: TowerRun) -> None:
    assert run.found() == run.counted()


WHOLES = {
    name.split("-[")[0]: run
    for name, run in reversed(tower_runs())
    if run.is_modelled and not name.endswith("varied") and "preprocessed" not in run.fields
}
"""The first batch of each type: where a type sees and hears, the totals are those of the model that sees."""


@pytest.mark.parametrize("name", sorted(WHOLES.keys() & facts("media_totals")["types"].keys()))
def test_a_whole_model_has_the_parameters_of_the_real_one(name: str) -> None:
    model = la.load(disputed_by(WHOLES[name].config, conventions.DISPUTED.get(name, {})))
    assert model.build(checkpoint()).parameters == facts("media_totals")["types"][name]


def disputed_by(config: dict[str, Any], said: dict[str, Any]) -> dict[str, Any]:
    """Return a config whose language model says what two classes of its type have otherwise."""
    return {**config, "text_config": {**config["text_config"], **said}} if said else config


HALVES = [
    pytest.param(fact["config"], run, id=f"{name}-{run['batch']}x{run['tokens']}")
    for name, fact in facts("encoder_decoders")["types"].items()
    for run in fact["runs"]
]


@pytest.mark.parametrize(("config", "run"), HALVES)
def test_an_encoder_and_the_decoder_that_attends_to_it_run_what_torch_counts(
    config: dict[str, Any], run: dict[str, int]
) -> None:
    frames = 2 * config["max_source_positions"]
    sound = {"audio_seconds": (frames / 100,), "logits": "all"}  # a hundred frames a second
    graph = la.load(config).build(checkpoint(batch_size=run["batch"], seq_len=run["tokens"], **sound))
    assert graph.flops == run["flops"]
