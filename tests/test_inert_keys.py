"""Keys that are taken for costless in every type, proven on transformers' classes by changing them."""

from __future__ import annotations

from typing import Any, Final

import pytest

import llmsim_adapters as la
from llmsim_adapters.dialects.keys.costless import COSTLESS
from tests.facts import CASES, checkpoint, facts

INERT: Final[dict[str, dict[str, Any]]] = {name: row for name, row in facts("inert")["types"].items() if "same" in row}
TOKENS_DECIDE: Final = {"longcat_flash"}
"""Types whose FLOPs depend on which experts tokens choose, hence on how scores are scaled (tests/conventions.py)."""
TINY: Final = {name: case["config"] for name, case in CASES if case["name"] == "tiny-full"}


def test_most_types_and_keys_are_tried() -> None:
    tried = {key for row in INERT.values() for key in row["same"]}
    assert len(INERT) > 180
    assert len(tried) > 60


@pytest.mark.parametrize("model_type", sorted(INERT))
def test_a_class_has_the_same_weights_and_runs_the_same_whatever_they_say(model_type: str) -> None:
    """But for keys that the type's dialect reads, such as `max_position_embeddings` where positions have a table."""
    row = INERT[model_type]
    if model_type in TINY:
        parameters = la.load({**TINY[model_type], **row["differing"]}).coverage.parameters
        assert row["differing"].keys() <= {parameter.key for parameter in parameters.values()}
    assert row["run_differs"] == [] or model_type in TOKENS_DECIDE


@pytest.mark.parametrize("model_type", sorted(INERT.keys() & TINY.keys()))
def test_so_has_the_product(model_type: str) -> None:
    """Of those that no dialect reads: what one reads may bear on the figures of its type."""
    before = la.load(TINY[model_type])
    read = {parameter.key for parameter in before.coverage.parameters.values()}
    changed = {key: value for key, value in INERT[model_type]["same"].items() if key not in read and key in COSTLESS}
    after = la.load({**TINY[model_type], **changed})
    assert after.coverage.gaps == before.coverage.gaps
    graph, other = before.build(checkpoint()), after.build(checkpoint())
    assert (graph.parameters, graph.flops, graph.weights) == (other.parameters, other.flops, other.weights)
