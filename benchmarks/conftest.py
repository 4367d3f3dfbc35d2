"""What the benchmarks share: paired measurements, and the summary of ratios after them."""

from __future__ import annotations

from statistics import median
from timeit import Timer
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

AIMS: Final = {"coverage": 25.0, "totals": 25.0, "explain": 2.0}
"""The largest ratio that each measurement is meant to have to its base."""


class Ratio(NamedTuple):
    """The best time of a thing and of its base, in seconds."""

    what: str
    subject: str
    best: float
    base: float

    @property
    def ratio(self) -> float:
        return self.best / self.base


_RATIOS: Final = pytest.StashKey[list[Ratio]]()


def pytest_configure(config: pytest.Config) -> None:
    config.stash[_RATIOS] = []


@pytest.fixture
def compare(benchmark: Any, request: pytest.FixtureRequest) -> Callable[..., None]:
    """Time a call and its base in many short turns, and keep the best turn of each.

    The best turns are those in which the machine did nothing else, so that their ratio is the same on a busy one.
    """

    def run(
        what: str, subject: str, call: Callable[[], object], base: Callable[[], object], *, turns: int, calls: int
    ) -> None:
        benchmark.group = what
        if calls == 1:
            benchmark.pedantic(call, rounds=3)
        else:
            benchmark(call)
        if benchmark.disabled:
            return
        timer, base_timer = Timer(call), Timer(base)
        times = [(timer.timeit(calls) / calls, base_timer.timeit(calls) / calls) for _ in range(turns)]
        best, best_base = (min(column) for column in zip(*times, strict=True))
        found = Ratio(what, subject, best, best_base)
        benchmark.extra_info["ratio"] = found.ratio
        request.config.stash[_RATIOS].append(found)

    return run


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    ratios = terminalreporter.config.stash[_RATIOS]
    if not ratios:
        return
    write = terminalreporter.write_line
    terminalreporter.section("ratios to the base, measured best of many turns")
    for what in dict.fromkeys(found.what for found in ratios):
        group = [found for found in ratios if found.what == what]
        for one in group:
            times = f"{one.best * 1e6:11,.1f} / {one.base * 1e6:9,.1f} µs"
            write(f"{what:9} {one.subject:34} {times} = {one.ratio:5.1f}×")
        slowest = max(group, key=lambda found: found.ratio)
        verdict = "met" if slowest.ratio <= AIMS[what] else "missed"
        write(
            f"{what}: median {median(found.ratio for found in group):.1f}×, slowest {slowest.subject} "
            f"{slowest.ratio:.1f}× (aim: at most {AIMS[what]:g}×, {verdict})",
            bold=True,
        )
