"""Classes that are called as a language model alone, and have the parts beside it where their config says so."""

from __future__ import annotations

from typing import Any, Final

import pytest

import llmsim_adapters as la
from llmsim_adapters.registries.registry import load_registry
from tests.facts import checkpoint

(ROW,) = [row for row in load_registry("sglang").models if row.name == "Dots3NoteForCausalLM"]
assert ROW.config is not None
NOTE: Final[dict[str, Any]] = dict(ROW.config.config(ROW.name).data)


def stacks(config: dict[str, Any]) -> set[str]:
    return {weight.stack for weight in la.load(config).build(checkpoint()).weights}


def test_a_class_that_is_not_the_language_model_only_has_its_encoders() -> None:
    assert {"vision", "audio"} <= stacks(NOTE)


@pytest.mark.parametrize("only", [True, None])
def test_the_language_model_is_alone_where_nothing_says_otherwise(only: bool | None) -> None:
    said = {**NOTE, "language_only": only} if only else {k: v for k, v in NOTE.items() if k != "language_only"}
    assert not {"vision", "audio"} & stacks(said)


@pytest.mark.parametrize("part", ["vision", "audio"])
def test_an_encoder_of_which_the_config_says_nothing_is_a_gap(part: str) -> None:
    gaps = {gap.name for gap in la.load({**NOTE, f"{part}_config": {}}).coverage.gaps}
    assert f"{part}_tower" in gaps
