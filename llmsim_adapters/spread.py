"""Work on many blocks, here or by an executor: bounded ahead, and nothing lost where a worker dies."""

from __future__ import annotations

import os
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, CancelledError, wait
from typing import TYPE_CHECKING, Final, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from concurrent.futures import Executor, Future

T = TypeVar("T")
R = TypeVar("R")

_UNKNOWN: Final = 64
"""How many blocks are under way where an executor doesn't tell its workers: clusters grow and shrink."""


def spread(
    work: Callable[[T], R],
    blocks: Iterable[T],
    executor: Executor | None = None,
    *,
    lost: Callable[[T], R] | None = None,
    renewed: Callable[[], Executor] | None = None,
) -> Iterator[tuple[T, R]]:
    """Yield each block with what was made of it, as they are done; without an executor here and in order.

    Blocks are taken one by one, never more than are under way, so that there may be any number of them. What `work`
    raises ends it.

    Args:
        work: a function that can be pickled, of a block that can be.
        blocks: what is to be worked on.
        executor: anything that has the `submit` of `concurrent.futures.Executor`.
        lost: what makes a result of a block that was lost with the executor; by default `work`, here.
        renewed: gives an executor in place of one that broke; without, the rest is worked on here.
    """
    source = iter(blocks)
    again = work if lost is None else lost
    waiting: dict[Future[R], T] = {}
    try:
        while executor is not None:
            gone: list[T] = []
            ahead = _ahead(executor)
            while len(waiting) < ahead and not gone:
                try:
                    block = next(source)
                except StopIteration:
                    break
                try:
                    waiting[executor.submit(work, block)] = block
                except BrokenExecutor:
                    gone.append(block)
            if not waiting and not gone:
                return
            if not gone:
                yield from _results(wait(waiting, return_when=FIRST_COMPLETED).done, waiting, gone)
            if gone:  # with the executor, all that is under way
                yield from _results(list(waiting), waiting, gone)
                for block in gone:
                    yield block, again(block)
                executor = None if renewed is None else renewed()
    finally:
        for future in waiting:
            future.cancel()
    for block in source:
        yield block, work(block)


def _results(futures: Iterable[Future[R]], waiting: dict[Future[R], T], gone: list[T]) -> Iterator[tuple[T, R]]:
    """Yield what was made of blocks, which wait no longer; those that were lost with the executor are `gone`."""
    for future in futures:
        block = waiting.pop(future)
        try:
            result = future.result()
        except (BrokenExecutor, CancelledError):
            gone.append(block)
        else:
            yield block, result


def _ahead(executor: Executor) -> int:
    workers = getattr(executor, "_max_workers", None)  # what pools of the standard library call it
    return 2 * workers if isinstance(workers, int) else max(_UNKNOWN, 2 * (os.cpu_count() or 1))
