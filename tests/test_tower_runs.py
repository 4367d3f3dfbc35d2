"""What encoders run has the FLOPs that torch counts in the real ones, and media become as many tokens."""

from __future__ import annotations

from typing import Any

import pytest

import llmsim_adapters as la
from tests import conventions
from tests.facts import checkpoint, facts, with_value
from tests.media import TowerRun, heard_and_said, tower_runs, whole_totals


@pytest.mark.parametrize("run", [pytest.param(run, id=name) for name, run in tower_runs() if run.is_modelled])
def test_an_encoder_runs_what_torch_counts(run: TowerRun) -> None:
    assert run.found() == run.counted()


CONFIGS = {
    name: fact for file in ("sglang/media", "media_sounds", "media_runs") for name, fact in facts(file)["types"].items()
}
"""Where a type sees and hears, the totals are those of the model that sees."""
WHOLES = {
    name.split("-[")[0]: run
    for name, run in tower_runs()
    if run.is_modelled and run.config.items() >= CONFIGS.get(name.split("-[")[0], {"config": {"": 0}})["config"].items()
}


@pytest.mark.parametrize("name", sorted(WHOLES.keys() & whole_totals().keys()))
def test_a_whole_model_has_the_parameters_of_the_real_one(name: str) -> None:
    config = dict(WHOLES[name].config)
    for part, said in conventions.SAID_OF_WHOLES.get(name, {}).items():
        config[part] = {**config[part], **said}
    assert la.load(config).build(checkpoint()).parameters == whole_totals()[name]


@pytest.mark.parametrize(("name", "total"), facts("media_totals")["by_default"].items())
def test_a_config_without_sizes_is_what_the_class_makes_of_it(name: str, total: int) -> None:
    model = la.load({"model_type": name})
    assert {gap.kind for gap in model.coverage.gaps} <= {"inferred"}  # what is taken for an encoder is said
    assert model.build(checkpoint()).parameters == total


STATED = {"microsoft/Phi-4-multimodal-instruct": 5_574_460_384}
"""Elements of published files of types that only remote code has, as their headers say."""


@pytest.mark.parametrize("name", STATED)
def test_a_whole_model_of_remote_code_has_the_elements_of_its_files(name: str) -> None:
    graph = la.load(name, offline=True).build(checkpoint())
    assert graph.parameters + graph.buffers == STATED[name]


OF_REMOTE_CODE = [
    ("embd_layer.audio_embd_layer.downsample_rate", 4, "audio_downsample_rate"),
    ("embd_layer.audio_embd_layer.projection_cls", "linear", "audio_projection_cls"),
    ("embd_layer.audio_embd_layer.use_qformer", True, "audio_use_qformer"),
    ("embd_layer.image_embd_layer.with_learnable_separator", False, "vision_with_learnable_separator"),
    ("audio_processor.config.batch_norm", True, "audio_batch_norm"),
    ("audio_processor.config.causal", False, "audio_causal"),
    ("audio_processor.config.encoder_embedding_config.input_size", 128, None),
]
"""Values that transformers' class of Phi-4-multimodal can't have, and the parts that are then left out."""


@pytest.mark.parametrize(("path", "value", "part"), OF_REMOTE_CODE)
def test_what_only_remote_code_has_otherwise_is_a_gap(path: str, value: Any, part: str | None) -> None:
    config = dict(la.load("microsoft/Phi-4-multimodal-instruct", offline=True).config.data)
    gap = ("invalid_config", path) if part is None else ("unsupported_feature", part)
    assert gap in [(gap.kind, gap.name) for gap in la.evaluate(with_value(config, path, value)).gaps]


HALVES = [
    pytest.param(fact, run, id=f"{name}-{run['batch']}x{run['tokens']}")
    for name, fact in facts("encoder_decoders")["types"].items()
    for run in fact["runs"]
]


@pytest.mark.parametrize(("fact", "run"), HALVES)
def test_an_encoder_and_the_decoder_that_attends_to_it_run_what_torch_counts(
    fact: dict[str, Any], run: dict[str, Any]
) -> None:
    assert heard_and_said(la.load(fact["config"]), run) == (fact["parameters"], run["flops"])
