"""What SGLang's own pools keep of tokens and sequences on a rank, beside what the engine `sglang` answers.

    python -m tests.sglang

writes `cache_differences.json`, the layouts that are known to differ by kind, anew.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple, cast

import llmsim_adapters as la
from tests.facts import facts
from tests.sglang import model

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

FILE: Final = Path(__file__).with_name("cache_differences.json")

CACHES: Final[Mapping[str, Mapping[str, Any]]] = facts("sglang/caches")["caches"]
"""By config: SGLang's pool, its pages, and what a rank keeps in each layout."""

FORMATS: Final = {"auto": None, "fp8_e4m3": "float8_e4m3fn"}
"""SGLang's words for the format of a cache, and those of schedules."""

_LONG: Final = 1 << 20
"""Tokens beyond every window."""


class Sizes(NamedTuple):
    """Bytes on one rank of those that work on the same tokens, and the tokens of a page.

    Attributes:
        token: what is reserved for one more token in keys, values and latents.
        indexer: the same in what an indexer keeps of it.
        windowed: the same in the pools that keep no more than a window.
        sequence: the states of one sequence.
        page: tokens of a page.
    """

    token: int
    indexer: int
    windowed: int
    sequence: int
    page: int


class Run(NamedTuple):
    """One layout of a config and a format of its cache, and what SGLang's pools keep in it."""

    config: str
    tp: int
    dp: int
    format: str
    sizes: Sizes

    @property
    def label(self) -> str:
        """The layout and the format in one word."""
        return f"tp{self.tp}-dp{self.dp}-{self.format}"

    @property
    def schedule(self) -> la.Schedule:
        """The schedule of the layout."""
        tokens = self.tp // self.dp
        return la.Schedule(engine="sglang", tp_size=tokens, dp_size=self.dp, kv_cache_dtype=FORMATS[self.format])


def runs(config: str) -> list[Run]:
    """Return every layout of a config whose pools are known."""
    entry = CACHES[config]
    return [Run(config, tp, dp, said, Sizes(*sizes, entry["page"])) for tp, dp, said, sizes in entry["runs"]]


def _grown(caches: Iterable[Any], start: int, page: int) -> int:
    """Return what a whole page of tokens adds to what is reserved, divided by its tokens."""
    added = sum(c.rank_bytes(start + page, reserve=True) - c.rank_bytes(start, reserve=True) for c in caches)
    assert added % page == 0
    return int(added // page)


def answer(run: Run) -> Sizes | None:
    """Return what the engine makes of a layout; None: it makes nothing of it."""
    found = model(run.config)
    if found.coverage.builder is None:
        return None
    try:
        graph = found.build(run.schedule)
    except la.ScheduleError:
        return None
    kept = [cache for cache in graph.caches if cache.kind != "state"]
    page = max((cache.page for cache in kept), default=1)
    indexer = [cache for cache in kept if cache.kind == "indexer"]
    others = [cache for cache in kept if cache.kind != "indexer"]
    windowed = [cache for cache in others if cache.windowed and cache.window is not None]
    return Sizes(
        token=_grown(others, _LONG, page),
        indexer=_grown(indexer, _LONG, page),
        windowed=_grown(windowed, 0, page),
        sequence=sum(c.rank_bytes(0, reserve=True) for c in graph.caches if c.kind == "state"),
        page=page,
    )


KINDS: Final[Mapping[str, tuple[str, Callable[[Run, Sizes | None], bool]]]] = {
    "no answer": (
        "no builder models the config, or the engine refuses the layout",
        lambda _, mine: mine is None,
    ),
    "gaps": (
        "the model itself has gaps: keys that nobody read, and what was inferred from keys alone",
        lambda run, _: bool(model(run.config).coverage.gaps),
    ),
    "architecture": (
        "SGLang's own config class makes something else of the config, such as another number of layers with attention",
        lambda _run, _mine: True,
    ),
}
"""The kinds of difference, in the order in which they are asked: the reason, and what is of the kind."""


def kind_of(run: Run, mine: Sizes | None) -> str:
    """Return the kind of a difference."""
    return next(name for name, (_, holds) in KINDS.items() if holds(run, mine))


def differing(config: str) -> dict[str, str]:
    """Return the layouts of a config whose answer is not SGLang's, and of what kind the difference is."""
    answers = {run: answer(run) for run in runs(config)}
    return {run.label: kind_of(run, mine) for run, mine in answers.items() if mine != run.sizes}


def found() -> dict[str, dict[str, list[str]]]:
    """Return by kind and config the layouts that differ."""
    differences: dict[str, dict[str, list[str]]] = {kind: {} for kind in KINDS}
    for config in CACHES:
        for label, kind in differing(config).items():
            differences[kind].setdefault(config, []).append(label)
    return differences


def known() -> dict[str, dict[str, list[str]]]:
    """Return what is known to differ."""
    return cast("dict[str, Any]", json.loads(FILE.read_text(encoding="utf-8")))
