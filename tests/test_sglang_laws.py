"""The laws of the engine `sglang`: what holds of every model and every layout that it accepts.

Those of `llmsim` (`tests/test_parallelism.py`) are more, and some don't hold here: groups of data parallelism are no
copies of each other, and ranks store padding and copies that the model doesn't have.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

import pytest

import llmsim_adapters as la
from tests.facts import REFUSED
from tests.hub.fixtures import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MODELS: Final = tuple(path.stem for path in sorted((ROOT / "hf_config").iterdir()))

LAYOUTS: Final[tuple[dict[str, Any], ...]] = (
    {"tp_size": 2},
    {"tp_size": 4},
    {"tp_size": 8},
    {"tp_size": 4, "ep_size": 4},
    {"tp_size": 2, "dp_size": 2},
    {"dp_size": 4},
    {"tp_size": 2, "dp_size": 4, "ep_size": 8},
)

TOKENS: Final = 4096

Graph = la.OperatorGraph


def _identity(graph: Graph) -> tuple[int, ...]:
    return graph.parameters, graph.buffers, graph.active_parameters, graph.mtp_parameters


def _kept(graph: Graph, *, reserve: bool = False) -> int:
    return graph.rank_kv_cache_bytes(TOKENS, reserve=reserve)


LAWS: Final[dict[str, Callable[[Graph, Graph], bool]]] = {
    "What a model is, its parameters among it, is the same in every layout.": (
        lambda rank, whole: _identity(rank) == _identity(whole)
    ),
    "The ranks together store at least the weights of a single one, and none more than that.": (
        lambda rank, whole: rank.weight_bytes <= whole.weight_bytes <= rank.schedule.world_size * rank.weight_bytes
    ),
    "The ranks of a group together keep at least the whole cache of a sequence, and none more than that.": (
        lambda rank, whole: _kept(rank) <= _kept(whole) <= rank.schedule.tp_size * _kept(rank)
    ),
    "No less is reserved than used.": lambda rank, _: _kept(rank, reserve=True) >= _kept(rank),
    "The ranks together compute at least what a single one would for one group's sequences.": (
        lambda rank, whole: rank.schedule.world_size * rank.flops >= whole.flops
    ),
    "A rank computes no more than a single one would for all groups' sequences.": (
        lambda rank, whole: rank.flops <= rank.schedule.dp_size * whole.flops
    ),
    "A single rank sends nothing; several send something.": (
        lambda rank, whole: whole.transfer_bytes == 0 < rank.transfer_bytes
    ),
}


def layouts(model: la.Model) -> Iterator[la.OperatorGraph]:
    for layout in LAYOUTS:
        with suppress(la.ScheduleError):
            yield model.build(la.Schedule(seq_len=64, **layout))


@pytest.mark.parametrize("name", MODELS)
def test_hold(name: str) -> None:
    model = la.load(ROOT / "hf_config" / f"{name}.json")
    if model.coverage.builder is None:
        pytest.skip("no builder models it")
    if name.replace("--", "/") in REFUSED:
        with pytest.raises(la.ScheduleError, match="sglang: "):
            model.build(la.Schedule(seq_len=64))
        return
    whole = model.build(la.Schedule(seq_len=64))
    for rank in layouts(model):
        broken = [law for law, holds in LAWS.items() if not holds(rank, whole)]
        assert not broken, rank.schedule


def test_are_seen_in_most_layouts() -> None:
    """So that no law holds for want of a layout that is accepted."""
    models = [la.load(ROOT / "hf_config" / f"{name}.json") for name in MODELS]
    accepted = [len(list(layouts(model))) for model in models if model.coverage.builder is not None]
    assert sum(accepted) > 0.8 * len(accepted) * len(LAYOUTS)


@pytest.mark.parametrize("law", LAWS)
def test_are_stated_in_the_documentation(law: str) -> None:
    assert f"* {law}\n" in (ROOT / "docs" / "engines.md").read_text(encoding="utf-8")
