"""What the benchmarks share: paired measurements, and the summary of ratios after them."""

from __future__ import annotations

import math
from statistics import median
from timeit import Timer
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable


class Aim(NamedTuple):
    """The largest ratio to its base that a measurement is meant to have: in the median, and of the slowest subject."""

    median: float
    slowest: float


AIMS: Final = {
    "coverage": Aim(25.0, 25.0),
    "totals": Aim(25.0, 25.0),
    "coverage of types": Aim(25.0, 100.0),
    "totals of types": Aim(25.0, 100.0),
    "explain": Aim(1.3, 1.3),
    "registry": Aim(8.0, 8.0),
    "census": Aim(40.0, 40.0),
    "sweep": Aim(0.01, 0.01),
    "build": Aim(1.0, 1.0),
}
SHOWN: Final = 20
"""How many subjects of a measurement the summary lists, the slowest ones where there are more."""


class Ratio(NamedTuple):
    """The best time of a thing and of its base, in seconds, for one of what they work on."""

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

    Where they work on many things, `each` says on how many, and times are those for one.
    The best turns are those in which the machine did nothing else, so that their ratio is the same on a busy one.
    """

    def run(
        what: str,
        subject: str,
        call: Callable[[], object],
        base: Callable[[], object],
        *,
        turns: int,
        calls: int,
        each: tuple[int, int] = (1, 1),
    ) -> None:
        benchmark.group = what
        benchmark.pedantic(call, rounds=3, iterations=calls)
        if benchmark.disabled:
            return
        timer, base_timer = Timer(call), Timer(base)
        times = [(timer.timeit(calls) / calls, base_timer.timeit(calls) / calls) for _ in range(turns)]
        best, best_base = (min(column) for column in zip(*times, strict=True))
        found = Ratio(what, subject, best / each[0], best_base / each[1])
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
        by_ratio = sorted(group, key=lambda found: found.ratio)
        for one in group if len(group) <= SHOWN else by_ratio[-SHOWN:]:
            times = f"{one.best * 1e6:11,.1f} / {one.base * 1e6:9,.1f} µs"
            write(f"{what:17} {one.subject:34} {times} = {one.ratio:5.4g}× ({1 / one.best:,.0f} a second)")
        slowest, aim = by_ratio[-1], AIMS.get(what, Aim(math.inf, math.inf))
        middle = median(found.ratio for found in group)
        verdict = "met" if middle <= aim.median and slowest.ratio <= aim.slowest else "missed"
        write(
            f"{what}: {len(group)}, median {middle:.4g}×, slowest {slowest.subject} {slowest.ratio:.4g}× "
            f"(aim: at most {aim.median:g}× and {aim.slowest:g}×, {verdict})",
            bold=True,
        )
