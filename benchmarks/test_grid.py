"""A grid of 10,000 schedules for DeepSeek-V3: swept, built one by one, and by LLMSim where LLMSIM_HOME has a checkout.

Times are those of one point, its schedule made anew. One by one, a sample of the points is built.
"""

from __future__ import annotations

import os
import random
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import pytest

import llmsim_adapters as la
from llmsim_adapters.sweep.result import figures

if TYPE_CHECKING:
    from collections.abc import Callable

MODEL: Final = "deepseek-ai/DeepSeek-V3"
AXES: Final[dict[str, list[int]]] = {
    "tp_size": [1, 2, 4, 8],
    "dp_size": [64, 128, 192, 256, 320],
    "ep_size": [32, 64],  # with fewer, LLMSim asserts that tokens divide by experts
    "batch_size": list(range(8, 408, 8)),
    "context_len": [1024 * i for i in range(1, 6)],
}
COMMON: Final[dict[str, Any]] = {"mode": "decode", "deepep": True, "engine": "llmsim"}
"""LLMSim's own rules: SGLang refuses these layouts of a checkpoint in blocks of 128."""
POINTS: Final = 10_000
SAMPLED: Final = 25
OFTEN: Final = {"turns": 200, "calls": 1}

needs_llmsim = pytest.mark.skipif(not os.environ.get("LLMSIM_HOME"), reason="LLMSIM_HOME names no checkout of LLMSim")


@pytest.fixture(scope="module")
def model() -> Any:
    loaded = la.load(MODEL, offline=True)
    assert loaded.coverage.builder
    return loaded


@pytest.fixture(scope="module")
def sample(model: Any) -> list[dict[str, Any]]:
    """Some of the points, none of which the model refuses."""
    sweep = model.sweep(**COMMON, **la.grid(**AXES))
    assert (len(sweep), sweep.refused.any()) == (POINTS, False)
    schedules = [sweep.schedule(i).to_dict() for i in random.Random(4).sample(range(POINTS), SAMPLED)]
    return [{**COMMON, **{name: schedule[name] for name in AXES}} for schedule in schedules]


def built(model: Any, sample: list[dict[str, Any]]) -> None:
    for fields in sample:
        model.build(la.Schedule(**fields))


def built_with_figures(model: Any, sample: list[dict[str, Any]]) -> None:
    for fields in sample:
        figures(model.build(la.Schedule(**fields)))


def own(sample: list[dict[str, Any]]) -> Callable[[], None]:
    """Return what has LLMSim itself build the sample."""
    from llmsim_adapters import llmsim

    config = llmsim.load_config(MODEL)
    from src.arch.models_arch.model_arch import create_model_arch

    def run() -> None:
        for fields in sample:
            create_model_arch(config, _schedule(fields)).build_operators()

    return run


def bridged(sample: list[dict[str, Any]]) -> Callable[[], None]:
    """Return what has the bridge build the sample for LLMSim."""
    from llmsim_adapters import llmsim

    config = llmsim.load_config(MODEL)

    def run() -> None:
        for fields in sample:
            llmsim.create_model_arch(config, _schedule(fields), engine=fields["engine"]).build_operators()

    return run


def _schedule(fields: dict[str, Any]) -> Any:
    from src.arch.config import ScheduleConfig
    from src.arch.model_type import ForwardMode

    return ScheduleConfig(
        batch_size=fields["batch_size"],
        max_seqlen=fields["context_len"],
        mode=ForwardMode.DECODE,
        tp_size=fields["tp_size"],
        dp_size=fields["dp_size"],
        ep_size=fields["ep_size"],
        is_mtp=False,
        deepep=True,
    )


@pytest.mark.parametrize("base", [built, built_with_figures])
def test_sweep(
    base: Callable[..., None], model: Any, sample: list[dict[str, Any]], compare: Callable[..., None]
) -> None:
    call = partial(model.sweep, **COMMON, **la.grid(**AXES))
    compare("sweep", f"against {base.__name__}", call, partial(base, model, sample), each=(POINTS, SAMPLED), **OFTEN)


@needs_llmsim
def test_build(model: Any, sample: list[dict[str, Any]], compare: Callable[..., None]) -> None:
    compare(
        "build", "against LLMSim's own", partial(built, model, sample), own(sample), each=(SAMPLED, SAMPLED), **OFTEN
    )


@needs_llmsim
def test_bridge(sample: list[dict[str, Any]], compare: Callable[..., None]) -> None:
    compare("bridge", "against LLMSim's own", bridged(sample), own(sample), each=(SAMPLED, SAMPLED), **OFTEN)
