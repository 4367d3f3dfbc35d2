"""Whatever has `submit` evaluates: the same answers as here, in small messages, and nothing lost with a worker."""

from __future__ import annotations

import os
import pickle
import signal
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from typing import TYPE_CHECKING, Any, Final

import pytest

import llmsim_adapters as la
from tests.facts import LLAMA

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

QWEN: Final = "Qwen/Qwen3-8B"
GRID: Final[dict[str, Any]] = {
    "tp_size": [1, 2, 3, 4],
    "batch_size": list(range(1, 101)),
    "context_len": list(range(0, 100_000, 1000)),
}


class Recorder(Executor):
    """Runs everything here, by its pickle, and keeps how many bytes crossed there and back."""

    def __init__(self, dies_at: int | None = None) -> None:
        self.crossed: list[tuple[int, int]] = []
        self._dies_at = dies_at

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        if len(self.crossed) == self._dies_at:
            future.set_exception(BrokenProcessPool("a worker was killed"))
            return future
        sent = pickle.dumps((fn, args, kwargs))
        call, arguments, named = pickle.loads(sent)
        answer = pickle.dumps(call(*arguments, **named))
        self.crossed.append((len(sent), len(answer)))
        future.set_result(pickle.loads(answer))
        return future


@pytest.fixture(scope="module")
def pool() -> Iterator[ProcessPoolExecutor]:
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as executor:
        yield executor


@pytest.fixture(scope="module")
def report() -> la.Report:
    return la.coverage("sglang", offline=True)


@pytest.fixture(scope="module")
def model() -> la.Model:
    return la.load(QWEN, offline=True)


@pytest.fixture(scope="module")
def sweep(model: la.Model) -> la.Sweep:
    return model.sweep(mode="decode", **la.grid(**GRID))


@pytest.fixture(scope="module")
def client() -> Iterator[Any]:
    distributed = pytest.importorskip("distributed")
    with (
        distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster,
        distributed.Client(cluster) as connected,
    ):
        yield connected


def same(found: la.Sweep, wanted: la.Sweep) -> bool:
    return found.to_dict() == wanted.to_dict()


class TestCoverage:
    def test_is_the_same_on_a_process_pool(self, report: la.Report, pool: ProcessPoolExecutor) -> None:
        found = la.coverage("sglang", offline=True, executor=pool)
        assert found.rows == report.rows
        assert found.to_dict() == report.to_dict()
        assert found.rows[0].graph == report.rows[0].graph

    def test_sends_little(self, report: la.Report) -> None:
        """In total as much as the configs, and as the answers; neither graphs nor specs."""
        recorder = Recorder()
        assert la.coverage("sglang", offline=True, executor=recorder).rows == report.rows
        sent, answered = map(sum, zip(*recorder.crossed, strict=True))
        assert sent < 500_000
        assert answered < 2_700 * len(report.rows)

    def test_a_report_is_small(self, report: la.Report) -> None:
        assert len(pickle.dumps(report)) < 3_500 * len(report.rows)
        assert pickle.loads(pickle.dumps(report)) == report

    def test_loses_nothing_where_the_executor_breaks(self, report: la.Report) -> None:
        assert la.coverage("sglang", offline=True, executor=Recorder(dies_at=3)).rows == report.rows

    def test_loses_nothing_where_a_process_is_killed(self, report: la.Report) -> None:
        with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as own:
            os.kill(own.submit(os.getpid).result(), signal.SIGKILL)
            assert la.coverage("sglang", offline=True, executor=own).rows == report.rows


class TestSweep:
    def test_is_the_same_on_a_process_pool(self, model: la.Model, sweep: la.Sweep, pool: ProcessPoolExecutor) -> None:
        assert same(model.sweep(mode="decode", executor=pool, **la.grid(**GRID)), sweep)

    def test_sends_neither_points_nor_what_does_not_change(self, model: la.Model, sweep: la.Sweep) -> None:
        recorder = Recorder()
        assert same(model.sweep(mode="decode", executor=recorder, **la.grid(**GRID)), sweep)
        assert len(sweep) == 40_000
        assert len(recorder.crossed) > 1
        assert max(sent for sent, _ in recorder.crossed) < 10_000
        assert sum(answered for _, answered in recorder.crossed) < 40_000 * 8 * 4  # of 8 figures, few change everywhere

    def test_loses_nothing_where_the_executor_breaks(self, model: la.Model, sweep: la.Sweep) -> None:
        assert same(model.sweep(mode="decode", executor=Recorder(dies_at=1), **la.grid(**GRID)), sweep)

    def test_refuses_as_without(self, model: la.Model) -> None:
        with pytest.raises(la.ScheduleError, match="tp_szie"):
            model.sweep(executor=Recorder(), tp_szie=[1, 2])


@pytest.mark.filterwarnings("default")
class TestDask:
    """On a cluster of processes that it starts itself."""

    def test_covers(self, client: Any, report: la.Report) -> None:
        assert la.coverage("sglang", offline=True, executor=client.get_executor()).rows == report.rows

    def test_sweeps(self, client: Any, model: la.Model, sweep: la.Sweep) -> None:
        assert same(model.sweep(mode="decode", executor=client.get_executor(), **la.grid(**GRID)), sweep)

    def test_takes_a_census_and_loses_nothing_where_a_worker_is_killed(self, client: Any, tmp_path: Path) -> None:
        configs = [{**LLAMA, "vocab_size": 1000 + at} for at in range(5000)]
        alone, spread = tmp_path / "alone.jsonl", tmp_path / "spread.jsonl"
        la.census(configs, alone)
        killed: list[int] = []

        def kill_one(done: int) -> None:
            if not killed:
                killed.append(next(iter(client.run(os.getpid).values())))
                os.kill(killed[0], signal.SIGKILL)

        found = la.census(configs, spread, executor=client.get_executor(), progress=kill_one)
        assert killed
        assert found.total.models == 5000
        assert spread.read_bytes() == alone.read_bytes()
