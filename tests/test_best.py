"""The best points of a grid: those that no other one beats, found in blocks and without the grid in memory."""

from __future__ import annotations

import itertools
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Final

import pytest

import llmsim_adapters as la
from tests.facts import LLAMA
from tests.test_executors import Recorder

if TYPE_CHECKING:
    from collections.abc import Iterator

AXES: Final[dict[str, list[Any]]] = {
    "tp_size": [1, 2, 3, 4],
    "dp_size": [1, 2],
    "kv_cache_dtype": [None, "float8_e4m3fn"],
    "batch_size": [1, 3, 8, 30],
    "context_len": [100, 1000, 5000],
}


@pytest.fixture(scope="module")
def model() -> la.Model:
    return la.load(LLAMA)


def every(model: la.Model) -> Iterator[la.BestPoint]:
    """Yield every point that is not refused, by the graph of it."""
    for values in itertools.product(*AXES.values()):
        schedule = la.Schedule(mode="decode", **dict(zip(AXES, values, strict=True)))
        try:
            graph = model.build(schedule)
        except la.ScheduleError:
            continue
        tokens = schedule.context_len + 1
        sequence = graph.rank_kv_cache_bytes(tokens) + graph.rank_state_bytes
        memory = graph.weight_bytes + schedule.batch_size * sequence
        yield la.BestPoint(schedule, schedule.world_size, schedule.batch_size * schedule.dp_size, tokens, memory)


def costs(point: la.BestPoint, memory: int | None) -> tuple[int, ...]:
    return (point.ranks, -point.sequences, -point.tokens, point.rank_memory_bytes if memory is None else 0)


@pytest.mark.parametrize("memory", [None, 700_000, 2_000_000])
def test_are_those_that_no_other_one_beats(model: la.Model, memory: int | None) -> None:
    found = model.best(mode="decode", memory=memory, **AXES)
    points = list(every(model))
    fitting = [point for point in points if memory is None or point.rank_memory_bytes <= memory]
    wanted = {
        costs(point, memory)
        for point in fitting
        if not any(
            costs(other, memory) != costs(point, memory)
            and all(map(int.__le__, costs(other, memory), costs(point, memory)))
            for other in fitting
        )
    }
    assert {costs(point, memory) for point in found.points} == wanted
    assert len(found.points) == len(wanted) > 1
    assert set(found.points) <= set(points)
    assert found.looked_at == 192
    assert found.refused == 192 - len(points) > 0
    assert found.too_large == len(points) - len(fitting)


@pytest.mark.parametrize("executor", [Recorder(), ThreadPoolExecutor(2), Recorder(dies_at=1)])
def test_are_the_same_on_an_executor(model: la.Model, executor: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("llmsim_adapters.sweep.best._BLOCK", 20)
    alone = model.best(mode="decode", memory=2_000_000, **AXES)
    assert model.best(mode="decode", memory=2_000_000, executor=executor, **AXES) == alone
    assert model.best(mode="decode", executor=executor, **AXES).points


def test_a_grid_of_a_billion_is_a_stream(model: la.Model) -> None:
    """Of which a few blocks are enough to see that neither its points nor its blocks are held."""

    class Enough(Exception):
        pass

    class Some(Recorder):
        def submit(self, *args: Any, **kwargs: Any) -> Any:
            if len(self.crossed) == 12:
                raise Enough
            return super().submit(*args, **kwargs)

    executor = Some()
    axes = {"batch_size": range(1, 1001), "context_len": range(1000), "seq_len": range(1, 1001)}
    tracemalloc.start()
    with pytest.raises(Enough):
        model.best(memory=10**7, executor=executor, **axes)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 60_000_000
    assert max(map(sum, executor.crossed)) < 50_000


def test_what_cannot_be_is_refused_before_anything_is_looked_at(model: la.Model) -> None:
    with pytest.raises(la.ScheduleError, match="tp_szie"):
        model.best(tp_szie=[1, 2])
    with pytest.raises(la.ScheduleError, match="batch_size"):
        model.best(batch_size=[1, 0])
    with pytest.raises(la.SweepError, match="expected fewer than"):
        model.best(**dict.fromkeys(("batch_size", "context_len", "seq_len"), range(1, 2**21 + 1)))


def test_too_many_that_are_best_are_an_error_that_says_what_to_do(model: la.Model) -> None:
    with pytest.raises(la.SweepError, match="say how much `memory` there is"):
        model.best(batch_size=range(1, 201), context_len=range(200))


def test_an_empty_axis_has_no_best_point(model: la.Model) -> None:
    assert model.best(batch_size=[]) == la.Best((), 0, 0, 0)


def test_options_of_an_engine_hold_for_all_points(model: la.Model) -> None:
    found = model.best(engine="sglang", engine_options={"page_size": 64}, mode="decode", context_len=[1, 100])
    assert {dict(point.schedule.engine_options)["page_size"] for point in found.points} == {64}
