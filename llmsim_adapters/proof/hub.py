"""The headers of a repository on a hub: the first bytes of each file, kept in a cache of this package's own.

Which bytes are asked for is decided here, and how many there will be is said before; a hub's own module (`parts.py`)
asks for them. What comes is checked before it is kept, and no word of the server is a part of a path but a commit of
forty hexadecimal digits.
"""

from __future__ import annotations

import os
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import suppress
from typing import TYPE_CHECKING, Final, TypeVar
from urllib.parse import quote

from llmsim_adapters.proof.folder import INDEX, OLD_INDEX, WHOLE, Found, Headers, gathered, indexed, no_files, said_of
from llmsim_adapters.proof.headers import FIRST, MAX_INDEX, HeaderError, end_of, header_of, parse
from llmsim_adapters.proof.parts import PARTS, Parts
from llmsim_adapters.sources.answer import Refusal
from llmsim_adapters.sources.deadline import checked
from llmsim_adapters.sources.environment import offline_reason, shown_endpoint
from llmsim_adapters.sources.huggingface_files import COMMIT
from llmsim_adapters.sources.session import HubSession
from llmsim_adapters.sources.whole_files import write_whole

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

T = TypeVar("T")

MAX_ALL: Final = 1_000_000_000
"""Bytes of headers of one repository beyond which none are asked for; the largest published ones have some 20 MB."""

MAX_FILES: Final = 10_000
_WORKERS: Final = 8


def on_hub(
    hub: str,
    repo_id: str,
    revision: str | None,
    *,
    endpoint: str | None = None,
    offline: bool = False,
    timeout: float = 60.0,
    session: HubSession | None = None,
    progress: Callable[[int, int], None] | None = None,
    announce: Callable[[str], None] | None = None,
) -> Headers:
    """Return what the headers of a repository's files say.

    Args:
        hub: `huggingface` or `modelscope`.
        repo_id: the model's id.
        revision: a branch, tag or commit.
        endpoint: the address of a mirror.
        offline: ask nobody; what was asked for before is there still.
        timeout: the seconds that all requests together have.
        session: what this run knows about the hubs.
        progress: told how many files are read, of how many.
        announce: told how many bytes will be asked for, before they are.

    Raises:
        HeaderError: the headers can't be had, or say what can't be.
    """
    reason = offline_reason(offline)
    parts = PARTS[hub](repo_id, revision, endpoint, time.monotonic() + checked(timeout))
    repository = _Repository(hub, parts, reason, progress, announce)
    if reason:
        return repository.headers()

    def request(first: bool) -> Headers:
        del first
        return repository.headers()

    try:
        return (session or HubSession()).ask(f"{hub} at {shown_endpoint(parts.address)}", request, timeout)
    except Refusal as refusal:
        raise HeaderError(refusal.message) from refusal


class _Repository:
    def __init__(
        self,
        hub: str,
        parts: Parts,
        offline: str | None,
        progress: Callable[[int, int], None] | None,
        announce: Callable[[str], None] | None,
    ) -> None:
        self._hub, self._parts = hub, parts
        self._offline, self._progress, self._announce = offline, progress, announce
        self._location = f"{shown_endpoint(parts.address)}/{parts.repo_id}"
        if offline and parts.commit is None:
            parts.commit = self._remembered()

    def headers(self) -> Headers:
        content = self._index()
        index = parse(content, INDEX) if content else None
        names = [WHOLE] if index is None else indexed(index)
        if len(names) > MAX_FILES:
            message = f"{INDEX}: it names {len(names):,} files; more than {MAX_FILES:,} are not read"
            raise HeaderError(message)
        self._keep(INDEX, content)
        found = {name: each for name in names if (each := self._kept_header(name)) is not None}
        found |= self._asked([name for name in names if name not in found], len(names))
        return gathered(self._location, index, ((name, found[name]) for name in names))

    def _index(self) -> bytes:
        """Return the index, empty where there is one file only."""
        if (kept := self._kept(INDEX)) is not None:
            return kept
        answer = self._get(INDEX, None, MAX_INDEX)
        return b"" if answer is None else answer[0]

    def _kept_header(self, name: str) -> Found | None:
        kept = self._kept(name)
        if kept is None or len(kept) < 8:
            return None
        size, content = int.from_bytes(kept[:8], "little"), kept[8:]
        return header_of(lambda start, count: content[start : start + count], size, name)

    def _asked(self, names: list[str], of: int) -> dict[str, Found]:
        """Ask for the first bytes of files, then for the rest of the headers that are longer."""
        if not names:
            return {}
        self._say(len(names), len(names) * FIRST)
        first = self._each(names, self._first)
        ends = {name: end_of(content, size, name) for name, (content, size) in first.items()}
        longer = [name for name in names if ends[name] > len(first[name][0])]
        if longer:
            more = sum(ends[name] - len(first[name][0]) for name in longer)
            if more > MAX_ALL:
                message = f"{self._location}: its headers have {more:,} bytes; more than {MAX_ALL:,} are not read"
                raise HeaderError(message)
            self._say(len(longer), more)
        done = [of - len(names)]

        def read(name: str) -> Found:
            content, size = first[name]
            if name in longer:
                answer = self._get(name, (len(content), ends[name] - len(content)), ends[name] - len(content))
                content += b"" if answer is None else answer[0]
            held = header_of(lambda start, count: content[start : start + count], size, name)[0]
            self._keep(name, (size or 0).to_bytes(8, "little") + content[: ends[name]])
            return held, len(content)

        def told(_: str) -> None:
            done[0] += 1
            if self._progress is not None:
                self._progress(done[0], of)

        return self._each(names, read, told)

    def _each(
        self, names: Iterable[str], ask: Callable[[str], T], told: Callable[[str], None] | None = None
    ) -> dict[str, T]:
        found: dict[str, T] = {}
        pool = ThreadPoolExecutor(_WORKERS, thread_name_prefix="llmsim-adapters-headers")
        try:
            futures = {pool.submit(ask, name): name for name in names}
            for future in as_completed(futures):
                found[futures[future]] = future.result()
                if told is not None:
                    told(futures[future])
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
        return found

    def _say(self, files: int, size: int) -> None:
        if self._announce is not None:
            said = f"{files:,} files" if files != 1 else "1 file"
            self._announce(f"reading at most {size:,} bytes of headers of {said} at {self._location}")

    def _first(self, name: str) -> tuple[bytes, int | None]:
        answer = self._get(name, (0, FIRST), FIRST)
        if answer is not None:
            return answer
        if name != WHOLE:
            message = f"{name}, which the index names, is not there: a shard is missing"
            raise HeaderError(message)
        old = self._get(OLD_INDEX, None, MAX_INDEX)
        raise no_files(self._location, None if old is None else said_of(old[0]))

    def _get(self, name: str, span: tuple[int, int] | None, most: int) -> tuple[bytes, int | None] | None:
        if self._offline:
            message = f"{name} of {self._parts.repo_id} was not asked for before, and is not now: {self._offline}"
            raise HeaderError(message)
        return self._parts.get(name, span, most)

    def _folder(self) -> str:
        cache = os.environ.get("XDG_CACHE_HOME") or os.path.join("~", ".cache")
        name = self._parts.repo_id.replace("/", "--")
        return os.path.join(os.path.expanduser(cache), "llmsim-adapters", "headers", self._hub, name)

    def _place(self) -> str | None:
        """Return the folder of this commit; of a hub that tells none, that of the revision, which is for offline."""
        if self._parts.commit is not None:
            return os.path.join(self._folder(), self._parts.commit)
        if self._parts.tells_commits:
            return None
        return os.path.join(self._folder(), "revisions", quote(self._parts.revision or "", safe=""))

    def _remembered(self) -> str | None:
        """Return the commit that a revision was, where nobody may be asked what it is now."""
        with suppress(OSError), open(self._reference(), encoding="utf-8", errors="replace") as file:
            commit = file.read(64)
            return commit if COMMIT.fullmatch(commit) else None
        return None

    def _reference(self) -> str:
        return os.path.join(self._folder(), "refs", quote(self._parts.revision or "main", safe=""))

    def _kept(self, name: str) -> bytes | None:
        place = self._place()
        if place is None or (self._parts.commit is None and not self._offline):
            return None  # what a branch was may not be what it is
        with suppress(OSError), open(os.path.join(place, quote(name, safe="")), "rb") as file:
            return file.read(MAX_INDEX * 2)
        return None

    def _keep(self, name: str, content: bytes) -> None:
        """Keep what was checked; where it can't be kept, it will be asked for again."""
        place = self._place()
        if place is None or time.monotonic() > self._parts.end:
            return
        with suppress(OSError):
            write_whole(os.path.join(place, quote(name, safe="")), content, folders=True)
            if self._parts.commit is not None and self._parts.revision != self._parts.commit:
                write_whole(self._reference(), self._parts.commit.encode(), folders=True)
