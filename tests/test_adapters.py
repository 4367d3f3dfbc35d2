"""Low-rank adapters beside pictures or sound add what peft's do, to all tokens of a step that has such media."""

from __future__ import annotations

from typing import Any, Final

import pytest

import llmsim_adapters as la
from tests.facts import checkpoint, facts, with_value

PUBLISHED: Final = dict(la.load("microsoft/Phi-4-multimodal-instruct", offline=True).config.data)
MODELS: Final = facts("adapters")["models"]
MEDIA: Final[dict[str, dict[str, Any]]] = {
    "none": {},
    "vision": {"images": ((448, 448),)},
    "speech": {"audio_seconds": (3.0,)},
}
RUNS: Final = [
    pytest.param(row, run, kind, id=f"{number}-{run['batch']}x{run['seq_len']}-{kind}")
    for number, row in enumerate(MODELS)
    for run in row["runs"]
    for kind in MEDIA
]


def config_of(row: dict[str, Any]) -> dict[str, Any]:
    config = PUBLISHED
    for path, value in row["changes"].items():
        config = with_value(config, path, value)
    return config


def added(graph: la.OperatorGraph) -> dict[str, int]:
    """The FLOPs of adapters by what they are for."""
    names = {"vision": "vision_adapters", "speech": "speech_adapters"}
    return {kind: sum(op.flops for op in graph.operators if op.stack == stack) for kind, stack in names.items()}


@pytest.mark.parametrize(("row", "run", "kind"), RUNS)
def test_adapters_add_what_torch_counts_of_pefts(row: dict[str, Any], run: dict[str, Any], kind: str) -> None:
    schedule = checkpoint(batch_size=run["batch"], seq_len=run["seq_len"], **MEDIA[kind])
    found = added(la.load(config_of(row)).build(schedule))
    more = {} if kind == "none" else {kind: run["flops"][kind] - run["flops"]["none"]}
    assert found == {"vision": 0, "speech": 0, **more}


@pytest.mark.parametrize("row", MODELS)
def test_adapters_have_the_parameters_of_pefts(row: dict[str, Any]) -> None:
    weights = la.load(config_of(row)).build(checkpoint()).weights
    for kind, total in row["parameters"].items():
        assert sum(w.shape[0] * w.shape[1] * w.count for w in weights if w.stack == f"{kind}_adapters") == total


def test_those_for_pictures_run_where_there_are_pictures_and_sound() -> None:
    both = la.load(PUBLISHED).build(checkpoint(**MEDIA["vision"], **MEDIA["speech"]))
    alone = la.load(PUBLISHED).build(checkpoint(**MEDIA["vision"]))
    assert added(both) == added(alone) == {"vision": added(both)["vision"], "speech": 0}


@pytest.mark.parametrize("ranks", [1, 2])
def test_an_engine_that_loads_none_runs_none(ranks: int) -> None:
    graph = la.load(PUBLISHED).build(la.Schedule(engine="sglang", tp_size=ranks, **MEDIA["vision"]))
    assert added(graph) == {"vision": 0, "speech": 0}
    assert [op for op in graph.operators if op.stack == "vision"]


def test_a_step_that_decodes_says_that_it_has_none() -> None:
    model = la.load(PUBLISHED)
    said = "not in this step"
    decode = model.build(checkpoint(mode="decode", seq_len=1, context_len=100))
    assert sum(said in note for note in decode.notes) == 2
    assert not any(said in note for note in model.build(checkpoint()).notes)
    sglang = model.build(la.Schedule(engine="sglang", mode="decode", seq_len=1, context_len=100))
    assert not any(said in note for note in sglang.notes)
