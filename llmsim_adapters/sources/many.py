"""Find the configs of many sources at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from llmsim_adapters.errors import ConfigUnavailable
from llmsim_adapters.sources.deadline import TIMEOUT, checked
from llmsim_adapters.sources.search import Search, Source
from llmsim_adapters.sources.session import HubSession

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from llmsim_adapters.sources.answer import RawConfig

Item: TypeAlias = "Source | tuple[Source, str | None]"
"""A source, or a source with the model's id on ModelScope."""


def find_all(
    sources: Sequence[Item],
    *,
    offline: bool = False,
    endpoint: str | None = None,
    session: HubSession | None = None,
    max_workers: int = 8,
    timeout: float = TIMEOUT,
    progress: Callable[[int], None] | None = None,
) -> list[RawConfig | ConfigUnavailable]:
    """Return for each of `sources`, in their order, its config or the error that `find` would raise.

    What this machine has is read in the calling thread; only what needs a hub goes to at most
    `max_workers` threads.

    Args:
        timeout: the seconds that all hubs together have for each config; one that took them is not asked again.
        progress: called in the calling thread with the number of sources done so far.
    """
    session, timeout = session or HubSession(), checked(timeout)
    results: dict[int, RawConfig | ConfigUnavailable] = {}
    waiting: dict[int, Search] = {}

    def done(index: int, result: RawConfig | ConfigUnavailable) -> None:
        results[index] = result
        if progress is not None:
            progress(len(results))

    for index, item in enumerate(sources):
        source, modelscope_id = item if isinstance(item, tuple) else (item, None)
        search = Search(source, None, endpoint, offline, modelscope_id, timeout)
        try:
            found = search.local()
            if found is None and not search.may_ask_hubs:
                found = search.remote(session)
        except ConfigUnavailable as error:
            done(index, error)
        else:
            if found is None:
                waiting[index] = search
            else:
                done(index, found)
    if waiting:
        _ask_hubs(waiting, session, max_workers, done)
    return [results[index] for index in range(len(sources))]


def _ask_hubs(
    waiting: dict[int, Search],
    session: HubSession,
    max_workers: int,
    done: Callable[[int, RawConfig | ConfigUnavailable], None],
) -> None:
    from concurrent.futures import ThreadPoolExecutor, as_completed

    pool = ThreadPoolExecutor(min(max_workers, len(waiting)), thread_name_prefix="llmsim-adapters")
    try:
        futures = {pool.submit(_remote, search, session): index for index, search in waiting.items()}
        for future in as_completed(futures):
            done(futures[future], future.result())
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _remote(search: Search, session: HubSession) -> RawConfig | ConfigUnavailable:
    try:
        return search.remote(session)
    except ConfigUnavailable as error:
        return error
