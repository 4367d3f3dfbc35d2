"""The bridge's operators equal LLMSim's own where it knows the model, but for a closed list of differences."""

from __future__ import annotations

import json
from collections import Counter
from functools import cache
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Final

import pytest

import llmsim_adapters as la
from llmsim_adapters.llmsim.describe import Describer
from llmsim_adapters.llmsim.schedules import schedule_of
from tests.hub.fixtures import ROOT
from tests.llmsim.differences import DIFFERENCES, At, added, added_transfers
from tests.llmsim.rows import FOLDER, LENGTH, Point, Row, configs, points, rows_of_description

if TYPE_CHECKING:
    from collections.abc import Iterator

FACTS: Final[dict[str, Any]] = json.loads((FOLDER / "facts.json").read_text(encoding="utf-8"))
ROWS: Final = [Row(*row) for row in FACTS["rows"]]
CONFIGS: Final = configs()
MODELS: Final = {name: la.load(raw) for name, raw in CONFIGS.items()}
DESCRIBERS: Final = {name: Describer(model.spec) for name, model in MODELS.items() if model.spec is not None}

# deepseek-v3 is DeepSeek-R1, too: the same config.
COUNTS: Final = {
    "deepseek-v3": {"compared": 680, "refused": 40},
    "qwen3-32b": {"compared": 80},
    "qwen3-235b-a22b": {"compared": 608, "refused": 112},
}
"""Of LLMSim's points: compared; refused by a bare AssertionError."""


def answered(name: str) -> Iterator[tuple[Point, list[Row], int, int]]:
    """Yield the points at which LLMSim says something of a model, its rows, and its cache, in all and per GPU."""
    for *point, rows, kept, kept_per_gpu in (entry for entry in FACTS["models"][name] if len(entry) == 9):
        yield Point(*point), [ROWS[i] for i in rows], kept, kept_per_gpu


def data_parallel(point: Point) -> tuple[int, int]:
    """Return two numbers of data-parallel groups that the experts can be spread over."""
    least = max(1, point.ep_size // point.tp_size)
    return least, 2 * least


def graph_of(name: str, point: Point, dp_size: int, batch_size: int = 1) -> la.OperatorGraph:
    config = SimpleNamespace(
        batch_size=batch_size,
        max_seqlen=LENGTH,
        mode=SimpleNamespace(name=point.mode.upper()),
        tp_size=point.tp_size,
        dp_size=dp_size,
        ep_size=point.ep_size,
        is_mtp=point.mtp,
        deepep=point.deepep,
        enable_moe_dense_fully_dp=point.dense_fully_dp,
    )
    return MODELS[name].build(schedule_of(config, has_experts=name != "qwen3-32b", engine="llmsim"))


@cache
def compared(name: str) -> Counter[str]:
    """Compare a model at all its points; return how often each difference was met."""
    met: Counter[str] = Counter()
    for point, rows, _, _ in answered(name):
        at = At(CONFIGS[name], point)
        for dp_size in data_parallel(point):
            description = DESCRIBERS[name].describe(graph_of(name, point, dp_size))
            ours = {row.name: row for row in rows_of_description(description)}
            assert len(ours) == len(description.operators) + len(description.transfers), "a name twice"
            for row in rows:
                wanted = row
                for difference, (names, where, becomes) in DIFFERENCES.items():
                    if row.name in names and where(at, row):
                        before, wanted = wanted, becomes(at, wanted)
                        assert wanted != before, f"{difference} is none at {point}: {row}"
                        met[difference] += 1
                found = ours.pop(row.name)
                assert found._replace(compute=wanted.compute) == wanted, point
                assert found.compute == pytest.approx(wanted.compute, rel=1e-12)
            assert set(ours) == added(at) | added_transfers(at, dp_size), point
    return met


@pytest.mark.parametrize("name", CONFIGS)
def test_every_operator_of_llmsim_is_ours_but_for_the_differences(name: str) -> None:
    assert compared(name)


def test_every_difference_is_met() -> None:
    met: Counter[str] = sum((compared(name) for name in CONFIGS), Counter())
    assert set(met) == set(DIFFERENCES)


@pytest.mark.parametrize(
    "difference",
    [*DIFFERENCES, "left-out", "cache-of-heads", "cache-format", "batch-in-extend", "ep-divides-the-world"],
)
def test_every_difference_is_explained(difference: str) -> None:
    assert f"`{difference}`" in (ROOT / "docs" / "llmsim.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", CONFIGS)
def test_the_points_that_are_left_out_are_counted(name: str) -> None:
    entries = FACTS["models"][name]
    assert [Point(*entry[:6]) for entry in entries] == list(points(CONFIGS[name]["model_type"]))
    found = Counter(entry[6] if len(entry) == 7 else "compared" for entry in entries)
    assert dict(found) == COUNTS[name]


@pytest.mark.parametrize("name", CONFIGS)
def test_the_cache_differs_as_said(name: str) -> None:
    """`cache-of-heads`: hidden size for head size, and heads are split; `cache-format`: MLA in one byte."""
    raw = CONFIGS[name]
    for point, _, theirs, theirs_per_gpu in answered(name):
        graph = graph_of(name, point, data_parallel(point)[0])
        ours, ours_per_gpu = graph.kv_cache_bytes(LENGTH), graph.rank_kv_cache_bytes(LENGTH)
        if name == "deepseek-v3":
            layers = raw["num_hidden_layers"]
            assert theirs == theirs_per_gpu == layers * (raw["kv_lora_rank"] + raw["qk_rope_head_dim"])
            assert ours == ours_per_gpu == 2 * theirs // layers * (layers + point.mtp) * LENGTH
        else:
            kv_heads = raw["num_key_value_heads"]
            assert ours * raw["hidden_size"] == theirs * raw["head_dim"] * LENGTH
            assert theirs_per_gpu == theirs // point.tp_size
            assert ours_per_gpu == ours // kv_heads * max(1, kv_heads // point.tp_size)


@pytest.mark.parametrize("name", CONFIGS)
def test_a_prefill_runs_the_whole_batch(name: str) -> None:
    """`batch-in-extend`: LLMSim leaves it out of the operators, though its throughput has it."""
    point = Point("extend", 4, 1, False, False, False)
    one, four = graph_of(name, point, 1), graph_of(name, point, 1, batch_size=4)
    assert four.flops == 4 * one.flops
    assert four.weight_bytes == one.weight_bytes


@pytest.mark.parametrize("name", ["deepseek-v3", "qwen3-235b-a22b"])
def test_experts_are_spread_over_ranks_that_there_are(name: str) -> None:
    """`ep-divides-the-world`: LLMSim takes any `ep_size` that divides the experts."""
    with pytest.raises(la.ScheduleError, match="`ep_size` is 16"):
        graph_of(name, Point("extend", 4, 16, True, False, False), dp_size=2)
