"""vLLM's own model classes have as many elements as ours: `facts/vllm.json` (`tests/reference/README.md`)."""

from __future__ import annotations

import pytest

import llmsim_adapters as la
from tests.vllm import DIFFERENT, MODELS, elements


@pytest.mark.parametrize("name", sorted(MODELS.keys() - DIFFERENT))
def test_elements_are_those_of_vllms_class(name: str) -> None:
    assert elements(name) == MODELS[name]["elements"]


@pytest.mark.parametrize("name", sorted(DIFFERENT))
def test_known_differences_are_differences(name: str) -> None:
    assert elements(name) != MODELS[name]["elements"]


OTHERWISE = [
    ("NomicBertModel", "rotary_emb_fraction", 0.0, ("unsupported_feature", "position_table")),
    ("NomicBertModel", "vocab_size", 30522, ("unsupported_feature", "padded_vocabulary")),
    ("GteNewModel", "layer_norm_type", "rms_norm", ("unread_key", "layer_norm_type")),
    ("GteNewModel", "position_embedding_type", "absolute", ("unread_key", "position_embedding_type")),
]
"""Values under which remote code has other weights than the classes here."""


@pytest.mark.parametrize(("name", "key", "value", "gap"), OTHERWISE)
def test_what_remote_code_has_otherwise_is_a_gap(name: str, key: str, value: object, gap: tuple[str, str]) -> None:
    gaps = la.evaluate({**MODELS[name]["config"], key: value}).gaps
    assert [(each.kind, each.name) for each in gaps] == [gap]
