"""Recordings: how often a layout's lowerings run, and that no branch by a size is taken for another one's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

import llmsim_adapters as la
from llmsim_adapters.graph.operator import Operator
from llmsim_adapters.lowerings.recording import Kept
from llmsim_adapters.traced import ceil_div, maximum, minimum

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Compute = Callable[[int, int, int], int]


def keys_of_chunks(batch_size: int, seq_len: int, context_len: int) -> int:
    return batch_size * (context_len % 64 + seq_len) if context_len else batch_size * seq_len


COMPUTED: dict[str, Compute] = {
    "sums": lambda b, s, c: 3 + b + s - c - 1 + (7 - c),
    "products and parts": lambda b, s, c: 5 * b * s // 2 + 1000 // (s * 3) + 17 % s + c % 4,
    "rounded up": lambda b, s, c: ceil_div(b * s, 8) - ceil_div(c, 3) - -b,
    "the least and the most": lambda b, s, c: minimum(b, s) + minimum(4, c) + maximum(s, 6) + maximum(c, b),
    "a branch": keys_of_chunks,
    "comparisons": lambda b, s, c: 4 * (b < 3) + 8 * (s <= 5 <= c) + 16 * (c > s) + 32 * (b <= 7) + (s == b) + (c != b),
    "as many times": lambda b, s, _: sum(b for _ in range(s)),
    "a key": lambda b, s, c: {1: s, 2: c}.get(b, b),
}
SCHEDULES = [
    la.Schedule(batch_size=b, seq_len=s, context_len=c) for c in (0, 3, 64, 500) for s in (1, 5, 70) for b in (1, 2, 9)
]


class Lowered:
    """Lowerings of one operator, whose `m` is computed of the sizes; `times` says how often they ran."""

    def __init__(self, compute: Compute) -> None:
        self.compute = compute
        self.times = 0

    def __call__(self, schedule: la.Schedule, tracer: Callable[[], Mapping[str, Operator]] | None) -> la.OperatorGraph:
        self.times += 1
        m = self.compute(schedule.batch_size, schedule.seq_len, schedule.context_len)
        sizes: Any = (m, 4, 8, 1, 2, 32)
        operator = Operator("up", "linear", "decoder", "layer", *sizes, *("bfloat16",) * 3, None, 1, tracer)
        return la.OperatorGraph(schedule, (operator,), (), ())


@pytest.mark.parametrize("compute", COMPUTED.values(), ids=list(COMPUTED))
def test_a_graph_is_that_of_the_lowerings(compute: Compute) -> None:
    kept, lowered = Kept(), Lowered(compute)
    for schedule in SCHEDULES * 2:

        def tracer() -> dict[str, Operator]:
            return {}

        assert kept.graph(schedule, tracer, lowered) == lowered(schedule, tracer)


def runs(compute: Compute, schedules: list[la.Schedule]) -> int:
    """Return how often the lowerings run for the graphs of some schedules."""
    kept, lowered = Kept(), Lowered(compute)
    for schedule in schedules:
        kept.graph(schedule, None, lowered)
    return lowered.times


def test_a_layout_is_lowered_and_recorded_once_whatever_its_sizes() -> None:
    assert runs(COMPUTED["products and parts"], SCHEDULES[:1]) == 1
    assert runs(COMPUTED["products and parts"], SCHEDULES) == 2


def test_each_branch_is_recorded_once() -> None:
    assert runs(COMPUTED["a branch"], SCHEDULES) == 3


def test_what_hardly_repeats_is_lowered() -> None:
    """Four lengths are recorded, after the first graph; each other one is lowered."""
    lengths = [la.Schedule(seq_len=length) for length in range(1, 11)]
    assert runs(COMPUTED["as many times"], lengths) == len(lengths)
    assert runs(COMPUTED["as many times"], lengths * 2) == len(lengths) * 2 - 4


def test_another_layout_has_recordings_of_its_own() -> None:
    def decodes(schedule: la.Schedule, tracer: Any) -> la.OperatorGraph:
        return Lowered(lambda b, s, _: b if schedule.mode == "decode" else b * s)(schedule, tracer)

    kept = Kept()
    for schedule in [la.Schedule(mode=mode, seq_len=6) for mode in ("decode", "extend")] * 3:
        (operator,) = kept.graph(schedule, None, decodes).operators
        assert operator.m == (1 if schedule.mode == "decode" else 6)


def test_what_is_refused_is_not_kept() -> None:
    def refusing(schedule: la.Schedule, tracer: Any) -> la.OperatorGraph:
        if schedule.seq_len % 2:
            message = f"schedule field `seq_len` is {schedule.seq_len:d}"
            raise la.ScheduleError(message)
        return Lowered(lambda b, s, _: b * s)(schedule, tracer)

    kept = Kept()
    for length in (3, 2, 5, 4, 7, 6):
        schedule = la.Schedule(seq_len=length)
        if length % 2:
            with pytest.raises(la.ScheduleError, match=f"is {length}$"):
                kept.graph(schedule, None, refusing)
        else:
            assert kept.graph(schedule, None, refusing).operators[0].m == length
