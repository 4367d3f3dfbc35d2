"""Models that were reported to other projects: figures that software got wrong, with the right ones and their working.

`data/reported.json` has of each config what bears on the figure. The bare `Infinity` in one of them is Python's JSON.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

import pytest

import llmsim_adapters as la
from tests.facts import checkpoint

REPORTED: Final[list[dict[str, Any]]] = json.loads(
    (Path(__file__).parent / "data" / "reported.json").read_text(encoding="utf-8")
)
TOKENS: Final = 8192


@pytest.mark.parametrize("case", REPORTED, ids=[case["name"] for case in REPORTED])
class TestReported:
    def test_the_figures_are_right(self, case: dict[str, Any]) -> None:
        graph = la.load(case["config"]).build()
        figures = {
            "parameters": graph.parameters,
            "active_parameters": graph.active_parameters,
            "kv_cache_elements": graph.kv_cache_elements(TOKENS),
            "kv_cache_bytes": graph.kv_cache_bytes(TOKENS),
            "weight_bytes": la.load(case["config"]).build(checkpoint()).weight_bytes,
        }
        assert case["right"].items() <= figures.items(), case["working"]

    def test_what_is_in_doubt_is_named(self, case: dict[str, Any]) -> None:
        named = [[str(gap.kind), gap.name] for gap in la.evaluate(case["config"]).gaps]
        assert "gap" not in case or case["gap"] in named, case["working"]

    def test_it_is_supported_as_far_as_it_is_read(self, case: dict[str, Any]) -> None:
        assert la.evaluate(case["config"]).status == case["status"]
