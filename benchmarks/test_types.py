"""The coverage and the totals of every declared model type, however many there are, against `json.loads` of its config.

The config has the keys that transformers writes for the type, and of those that bear on a figure the defaults of its
class, hence published sizes. Where no builder claims that, it is the first case of the reference facts as transformers
writes it.
"""

from __future__ import annotations

import json
from collections import defaultdict
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import pytest

import llmsim_adapters as la
from benchmarks.totals import totals
from tests.facts import CASES, facts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

DEFAULTS: Final = facts("defaults")["types"]
OFTEN: Final = {"turns": 20, "calls": 3}


def candidates(model_type: str, cases: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield the configs of a type, best first."""
    written = [case["config"] for case in cases if case["form"] == "full"]
    if model_type in DEFAULTS and written:
        defaults = {**DEFAULTS[model_type]["declared"], **DEFAULTS[model_type]["derived"]}
        if not any("." in key for key in defaults):  # those of objects inside
            yield {**written[0], **defaults}
    yield from written


def configs() -> dict[str, dict[str, Any]]:
    """Return a config of each type that the facts are about and that some builder claims."""
    by_type: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for stem, case in CASES:
        by_type[case["config"].get("model_type", stem)].append(case)
    return {
        model_type: config
        for model_type, cases in by_type.items()
        if (config := next(filter(builds, candidates(model_type, cases)), None)) is not None
    }


def builds(config: dict[str, Any]) -> bool:
    try:
        return bool(totals(la.load(config)))
    except (la.BuildError, la.ScheduleError):
        return False


CONFIGS: Final = configs()


@pytest.mark.parametrize("model_type", CONFIGS)
def test_load_and_coverage(model_type: str, compare: Callable[..., None]) -> None:
    config = CONFIGS[model_type]
    base = partial(json.loads, json.dumps(config))
    compare("coverage of types", model_type, lambda: la.load(config).coverage, base, **OFTEN)


@pytest.mark.parametrize("model_type", CONFIGS)
def test_build_and_totals(model_type: str, compare: Callable[..., None]) -> None:
    config = CONFIGS[model_type]
    model = la.load(config)
    assert model.coverage.builder
    compare("totals of types", model_type, partial(totals, model), partial(json.loads, json.dumps(config)), **OFTEN)
