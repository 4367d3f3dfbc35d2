"""vLLM's own model classes have as many elements as ours: `facts/vllm.json` (`tests/reference/README.md`)."""

from __future__ import annotations

import pytest

from tests.vllm import DIFFERENT, MODELS, elements


@pytest.mark.parametrize("name", sorted(MODELS.keys() - DIFFERENT))
def test_elements_are_those_of_vllms_class(name: str) -> None:
    assert elements(name) == MODELS[name]["elements"]


@pytest.mark.parametrize("name", sorted(DIFFERENT))
def test_known_differences_are_differences(name: str) -> None:
    assert elements(name) != MODELS[name]["elements"]
