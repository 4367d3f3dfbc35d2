"""Taking a census: blocks of configs here or on workers, parts as they are done, and one file in the end."""

from __future__ import annotations

import gc
import os
from collections.abc import Mapping
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from llmsim_adapters.censuses.formats import encode, format_of, joined
from llmsim_adapters.censuses.inputs import items
from llmsim_adapters.censuses.item import MOST_WORKERS, Block, CensusError, Columns, blocks
from llmsim_adapters.censuses.parts import Parts
from llmsim_adapters.censuses.read import Hub, read
from llmsim_adapters.censuses.result import Census
from llmsim_adapters.censuses.row import row
from llmsim_adapters.censuses.summary import Summary
from llmsim_adapters.dataclass import dataclass
from llmsim_adapters.errors import Answer, InvalidConfig
from llmsim_adapters.plugins.isolation import refuse_plugins
from llmsim_adapters.plugins.manager import registered
from llmsim_adapters.sources import TIMEOUT
from llmsim_adapters.spread import spread
from llmsim_adapters.text import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from concurrent.futures import Executor


@dataclass(frozen=True, slots=True)
class Work:
    """What is made of a block, wherever it is sent."""

    format: str
    columns: Columns
    hub: Hub

    def __call__(self, block: Block) -> tuple[bytes, dict[str, Any]]:
        """Return the rows of a block as a part of the output, and their sums."""
        collects = gc.isenabled()
        gc.disable()  # a block makes a million objects, hardly any in a circle: looking for those takes a tenth longer
        try:
            rows = [row(each, found) for each, found in read(block.items, self.columns, self.hub)]
            return _made(rows, self.format)
        finally:
            if collects:
                gc.enable()

    def died(self, block: Block) -> tuple[bytes, dict[str, Any]]:
        """Return the row of a block of one config, whose evaluation ended its process."""
        ((each, _),) = read(block.items, self.columns, self.hub._replace(offline=True))
        said = Answer("census", "process_ended", "the process that evaluated it ended without an answer")
        return _made([row(each, InvalidConfig(each.id, [said]))], self.format)


def _made(rows: list[dict[str, Any]], format: str) -> tuple[bytes, dict[str, Any]]:
    sums = Summary()
    for each in rows:
        sums.add(each)
    return encode(rows, format), sums.to_data()


def census(
    sources: str | os.PathLike[str] | Iterable[Any],
    output: str | os.PathLike[str],
    *,
    weight: str | None = None,
    columns: Mapping[str, str] | None = None,
    workers: int = 1,
    executor: Executor | None = None,
    anew: bool = False,
    endpoint: str | None = None,
    offline: bool = False,
    timeout: float = TIMEOUT,
    progress: Callable[[int], None] | None = None,
) -> Census:
    """Evaluate any number of configs into a file with a row for each, in their order.

    They are a stream: memory doesn't grow with their number. A run that was killed is gone on with by the same call.
    A config that can't be had or read is a row that says so.

    Args:
        sources: a folder; a file of JSON lines or ids; a Parquet or Arrow file with a column `config`; a registry; a
            config's file; an id; or many of these, configs as dictionaries among them.
        output: where the rows go: `.parquet`, which needs pyarrow (`pip install llmsim-adapters[census]`), `.jsonl`,
            or `.csv`.
        weight: the column of a number by which the summary weighs configs, downloads say.
        columns: what the columns `config` and `id` are called, where they are called otherwise.
        workers: so many processes evaluate.
        executor: what evaluates instead: any `concurrent.futures.Executor`, a cluster's say.
        anew: drop what a run that was killed has done.
        endpoint: the address of a mirror of the hub.
        offline: ask no hub at all.
        timeout: the seconds that all hubs together have for each config that only has an id.
        progress: called with the number of configs that are done.

    Raises:
        CensusError: a source, the output or a number can't be what it is said to be, or an executor broke; what is done
            is kept.
        RegistryError: a registry can't be read.
        MissingExtra: pyarrow is not installed.
        AdapterError: a plugin's code calls it while the host runs that code.
    """
    refuse_plugins("take a census")
    if not isinstance(workers, int) or workers.__class__ is bool or not 1 <= workers <= MOST_WORKERS:
        message = f"workers: {printable(repr(workers), 40)}; expected an integer from 1 to {MOST_WORKERS}"
        raise CensusError(message)
    path = Path(output)
    named = {"config": "config", "id": None, **(columns or {})}
    of = Columns(named["config"] or "config", named["id"], weight)
    work = Work(format_of(path), of, Hub(offline, endpoint, timeout))
    listed = [sources] if isinstance(sources, (str, os.PathLike, Mapping)) else sources
    builders = sorted((entry.name, entry.distribution, entry.version) for entry in registered().builders.values())
    parts = Parts(path, work.format, {"columns": of, "offline": offline, "builders": builders}, anew=anew)
    summary, count = Summary(), 0

    def told() -> None:
        if progress is not None:
            progress(summary.total.models)

    def left() -> Iterator[Block]:
        nonlocal count
        for block in blocks(items(listed, of)):
            count = block.number + 1
            sums = parts.done(block.number, block.digest)
            if sums is None:
                yield block
            else:
                summary.merge(sums)
                told()

    with ExitStack() as stack:
        for block, (rows, sums) in _spread(work, left(), workers, executor, stack):
            parts.put(block.number, block.digest, rows, sums)
            summary.merge(sums)
            told()
    parts.finish(count)
    return Census(str(path), weight, summary)


def _spread(
    work: Work, left: Iterator[Block], workers: int, executor: Executor | None, stack: ExitStack
) -> Iterator[tuple[Block, tuple[bytes, dict[str, Any]]]]:
    if executor is not None:
        yield from spread(work, left, executor, lost=_broke)
    elif workers <= 1:
        yield from spread(work, left)
    else:

        def pool() -> Executor:
            return stack.enter_context(_pool(workers))

        yield from spread(work, left, pool(), lost=partial(_alone, work), renewed=pool)


def _broke(block: Block) -> Any:
    message = f"the executor broke at block {block.number:,}; what is done is kept: run the same again to go on"
    raise CensusError(message)


def _pool(workers: int) -> Executor:
    from llmsim_adapters.censuses.workers import Workers  # whose imports take long, and one process needs none of them

    return Workers(workers)


def _alone(work: Work, block: Block) -> tuple[bytes, dict[str, Any]]:
    """Return what is made of a block whose process ended, in one of its own; of parts of it where that ends, too."""
    from concurrent.futures import BrokenExecutor

    try:
        with _pool(1) as own:
            return own.submit(work, block).result()
    except BrokenExecutor:
        if len(block.items) == 1:
            return work.died(block)
    half = len(block.items) // 2
    made = [_alone(work, block._replace(items=part)) for part in (block.items[:half], block.items[half:])]
    sums = Summary()
    for _, each in made:
        sums.merge(each)
    return joined([rows for rows, _ in made], work.format), sums.to_data()
