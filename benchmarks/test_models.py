"""A bundled model's coverage, and its graph with every total, against `json.loads` of the same bytes."""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING, Final

import pytest

import llmsim_adapters as la
from benchmarks.totals import totals
from llmsim_adapters.sources import bundled_dir
from tests.facts import REPORT

if TYPE_CHECKING:
    from collections.abc import Callable

MODELS: Final = REPORT
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
    compare("totals", model, partial(totals, loaded), partial(json.loads, text), **OFTEN)
