"""Tiny models of which one key was changed by chance: one that is called fully supported has transformers' total.

The facts are measured on its classes (`tests/reference/mutated.py`), changes that they refuse among them.
"""

from __future__ import annotations

from typing import Any, Final

import pytest

import llmsim_adapters as la
from tests import conventions
from tests.facts import CASES, checkpoint, facts
from tests.reference.changes import changed

MUTATED: Final[dict[str, Any]] = facts("mutated")
TINY: Final[dict[str, dict[str, Any]]] = {
    name: case["config"] for name, case in CASES if case["name"] == MUTATED["case"]
}


def test_most_types_are_changed_often() -> None:
    assert len(MUTATED["types"]) > 180
    assert sum("parameters" in row for rows in MUTATED["types"].values() for row in rows) > 1500


@pytest.mark.parametrize("name", sorted(MUTATED["types"].keys() - conventions.ALLOCATED.keys()))
def test_what_is_fully_supported_has_the_total_of_the_real_model(name: str) -> None:
    for row in MUTATED["types"][name]:
        model = la.load(changed(TINY[name], row))
        if model.coverage.status != "fully_supported" or "refused" in row:
            continue
        graph = model.build(checkpoint())
        assert (graph.parameters, graph.buffers) == (row["parameters"], row["buffers"]), f"{row}"
