"""A bundled model's coverage, and its graph with every total, against `json.loads` of the same bytes."""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING, Final

import pytest

import llmsim_adapters as la
from llmsim_adapters.sources import bundled_dir, bundled_ids

if TYPE_CHECKING:
    from collections.abc import Callable

MODELS: Final = bundled_ids()
OFTEN: Final = {"turns": 200, "calls": 10}


def raw(model: str) -> bytes:
    folder = bundled_dir()
    assert folder is not None
    return (folder / f"{model.replace('/', '--')}.json").read_bytes()


@pytest.fixture(autouse=True, scope="module")
def _plugins_are_loaded() -> None:
    """Plugins and dialects are loaded once per process; that is no part of any model's time."""
    for model in MODELS:
        assert la.load(json.loads(raw(model))).coverage.status == "fully_supported"


@pytest.mark.parametrize("model", MODELS)
def test_load_and_coverage(model: str, compare: Callable[..., None]) -> None:
    text = raw(model)
    config = json.loads(text)
    compare("coverage", model, lambda: la.load(config).coverage, partial(json.loads, text), **OFTEN)


@pytest.mark.parametrize("model", MODELS)
def test_build_and_totals(model: str, compare: Callable[..., None]) -> None:
    text = raw(model)
    loaded = la.load(json.loads(text))
    assert loaded.coverage.builder
    schedule = la.Schedule(batch_size=8, seq_len=1024, context_len=512)  # not the default, whose graph is kept

    def totals() -> tuple[int, ...]:
        graph = loaded.build(schedule)
        return (
            graph.parameters,
            graph.mtp_parameters,
            graph.buffers,
            graph.active_parameters,
            graph.flops,
            graph.flops_executed,
            graph.weight_bytes,
            graph.kv_cache_elements(4096),
            graph.kv_cache_elements_per_token,
            graph.state_elements_per_sequence,
        )

    compare("totals", model, totals, partial(json.loads, text), **OFTEN)
