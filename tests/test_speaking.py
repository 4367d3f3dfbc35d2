"""What speaks beside a language model has the parameters that transformers allocates, and no step of text runs it."""

from __future__ import annotations

from typing import Any

import pytest

import llmsim_adapters as la
from tests.facts import checkpoint, with_value
from tests.media import speaking

TYPES = speaking()
CASES = [
    pytest.param(fact["config"], change, total, id=f"{name}-{change}")
    for name, fact in TYPES.items()
    for change, total in fact["cases"]
]


@pytest.mark.parametrize(("config", "change", "total"), CASES)
def test_a_model_that_speaks_has_the_parameters_of_the_real_one(
    config: dict[str, Any], change: dict[str, Any], total: int
) -> None:
    for path, value in change.items():
        config = with_value(config, path, value)
    assert la.load(config).build(checkpoint()).parameters == total


@pytest.mark.parametrize("name", [name for fact in TYPES.values() for name in fact["published"]])
def test_so_has_a_published_one_at_its_size(name: str) -> None:
    model = la.load(name, offline=True)
    (total,) = (fact["published"][name] for fact in TYPES.values() if name in fact["published"])
    assert model.build(checkpoint()).parameters == total
    assert not model.coverage.gaps


@pytest.mark.parametrize("name", sorted(name for name, fact in TYPES.items() if "talker_config" in fact["config"]))
def test_no_step_of_text_runs_what_speaks(name: str) -> None:
    model = la.load(TYPES[name]["config"])
    speaking = {stack.name for stack in model.spec.towers if stack.axis == "codes"} if model.spec else set()
    graph = model.build(checkpoint())
    assert speaking
    assert not [op for op in graph.operators if op.stack in speaking]
    assert not [cache for cache in graph.caches if cache.stack in speaking]
    assert any("no step of text runs" in note for note in model.coverage.notes)


def test_a_vocoder_has_dilations_for_each_of_its_kernels() -> None:
    config = TYPES["qwen2_5_omni"]["config"]
    parts = config["token2wav_config"]
    vocoder = {**parts["bigvgan_config"], "resblock_dilation_sizes": [[1, 3, 5]]}
    gaps = la.evaluate({**config, "token2wav_config": {**parts, "bigvgan_config": vocoder}}).gaps
    key = "token2wav_config.bigvgan_config.resblock_dilation_sizes"
    assert ("invalid_config", key) in [(gap.kind, gap.name) for gap in gaps]
