"""The headers of a repository on the Hugging Face Hub: the first bytes of each file, kept in a cache.

Range requests by the client's own session, as those for configs are (`sources/huggingface_files.py`). What comes is
checked before it is kept, and no word of the server is a part of a path but a commit of forty hexadecimal digits.
"""

from __future__ import annotations

import os
import re
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import suppress
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from llmsim_adapters.proof.folder import INDEX, WHOLE, Found, Headers, gathered, indexed, no_files
from llmsim_adapters.proof.headers import FIRST, MAX_INDEX, HeaderError, header_of, parse
from llmsim_adapters.sources.answer import Refusal
from llmsim_adapters.sources.deadline import checked
from llmsim_adapters.sources.environment import huggingface_endpoint, offline_reason, shown_endpoint
from llmsim_adapters.sources.huggingface import client
from llmsim_adapters.sources.huggingface_files import COMMIT, LIBRARY
from llmsim_adapters.sources.quiet import quiet
from llmsim_adapters.sources.session import HubSession
from llmsim_adapters.sources.whole_files import write_whole

if TYPE_CHECKING:
    from collections.abc import Callable

_WORKERS: Final = 8
_PARTIAL, _WHOLE, _MISSING = 206, 200, 404
_RANGE: Final = re.compile(r"bytes (\d{1,18})-\d{1,18}/(\d{1,18})")


def on_hub(
    repo_id: str,
    revision: str | None,
    *,
    endpoint: str | None = None,
    offline: bool = False,
    timeout: float = 60.0,
    session: HubSession | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Headers:
    """Return what the headers of a repository's files say.

    Args:
        repo_id: the model's id.
        revision: a branch, tag or commit.
        endpoint: the address of a mirror.
        offline: ask nobody; what was asked for before is there still.
        timeout: the seconds that all requests together have.
        session: what this run knows about the hubs.
        progress: told how many files are read, of how many.

    Raises:
        HeaderError: the headers can't be had, or say what can't be.
    """
    address = huggingface_endpoint(endpoint)
    reason = offline_reason(offline)
    repository = _Repository(repo_id, revision, address, time.monotonic() + checked(timeout), reason, progress)
    if reason:
        return repository.headers()

    def request(first: bool) -> Headers:
        del first
        return repository.headers()

    try:
        return (session or HubSession()).ask(f"huggingface at {shown_endpoint(address)}", request, timeout)
    except Refusal as refusal:
        raise HeaderError(refusal.message) from refusal


class _Repository:
    def __init__(
        self,
        repo_id: str,
        revision: str | None,
        address: str,
        end: float,
        offline: str | None,
        progress: Callable[[int, int], None] | None,
    ) -> None:
        self._repo_id, self._revision, self._address, self._end = repo_id, revision, address, end
        self._offline, self._progress = offline, progress
        self._commit = revision if revision is not None and COMMIT.fullmatch(revision) else self._remembered()

    def headers(self) -> Headers:
        location = f"{shown_endpoint(self._address)}/{self._repo_id}"
        content = self._index()
        index = parse(content, INDEX) if content else None
        names = [WHOLE] if index is None else indexed(index)
        self._keep(INDEX, content)
        found: dict[str, Found] = {}
        pool = ThreadPoolExecutor(min(_WORKERS, len(names)), thread_name_prefix="llmsim-adapters-headers")
        try:
            futures = {pool.submit(self._header, name): name for name in names}
            for future in as_completed(futures):
                found[futures[future]] = future.result()
                if self._progress is not None:
                    self._progress(len(found), len(names))
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
        return gathered(location, index, ((name, found[name]) for name in names))

    def _index(self) -> bytes:
        """Return the index, empty where there is one file only."""
        if (kept := self._kept(INDEX)) is not None:
            return kept
        answer = self._request(INDEX, None, MAX_INDEX)
        return b"" if answer is None else answer[0]

    def _header(self, name: str) -> Found:
        if (kept := self._kept(name)) is not None:
            size, content = int.from_bytes(kept[:8], "little"), kept[8:]
            return header_of(lambda start, count: content[start : start + count], size, name)
        pieces: list[bytes] = []
        sizes: list[int | None] = []

        def read(start: int, count: int) -> bytes:
            answer = self._request(name, (start, count), count)
            if answer is None:
                raise (
                    no_files(f"{self._repo_id} on {shown_endpoint(self._address)}")
                    if name == WHOLE
                    else HeaderError(f"{name}, which the index names, is not there: a shard is missing")
                )
            pieces.append(answer[0])
            sizes.append(answer[1])
            return answer[0]

        first = read(0, FIRST)
        whole = sizes[0]

        def from_first(start: int, count: int) -> bytes:
            return first[:count] if start == 0 else read(start, count)

        found, length = header_of(from_first, whole, name)
        self._keep(name, (whole or 0).to_bytes(8, "little") + b"".join(pieces)[:length])
        return found, sum(map(len, pieces))

    def _request(self, name: str, span: tuple[int, int] | None, most: int) -> tuple[bytes, int | None] | None:
        """Return bytes of a file and its size; None where there is no such file."""
        if self._offline:
            message = f"{name} of {self._repo_id} was not asked for before, and is not now: {self._offline}"
            raise HeaderError(message)
        with quiet():
            hub = client()
            try:
                return self._stream(name, span, most)
            except (Refusal, HeaderError):
                raise
            except Exception as error:
                from llmsim_adapters.sources.huggingface_errors import explain

                refusal = explain(error, self._repo_id, self._revision, self._address, hub.get_token())
                raise HeaderError(refusal.message.replace("config.json", name)) from error

    def _stream(self, name: str, span: tuple[int, int] | None, most: int) -> tuple[bytes, int | None] | None:
        from huggingface_hub import get_session, hf_hub_url
        from huggingface_hub.utils import (  # type: ignore[attr-defined, unused-ignore]
            build_hf_headers,
            hf_raise_for_status,
        )

        at = self._commit or self._revision
        url = hf_hub_url(self._repo_id, name, revision=at, endpoint=self._address)
        headers = build_hf_headers(library_name=LIBRARY)
        if span is not None:
            headers["Range"] = f"bytes={span[0]}-{span[0] + span[1] - 1}"
        seconds = max(min(self._end - time.monotonic(), 30), 0.1)
        content = bytearray()
        with get_session().stream("GET", url, headers=headers, timeout=seconds, follow_redirects=True) as reply:
            if reply.status_code == _MISSING and reply.headers.get("X-Error-Code") == "EntryNotFound":
                return None
            if reply.status_code >= 300:
                hf_raise_for_status(reply)
            size = None
            if span is not None:
                told = _RANGE.fullmatch(reply.headers.get("Content-Range") or "")
                if reply.status_code != _PARTIAL or told is None or int(told[1]) != span[0]:
                    message = (
                        f"{shown_endpoint(self._address)} does not answer requests for a part of a file, so that "
                        f"{name} would have to be had whole: name another mirror, or give a folder with the files"
                    )
                    raise HeaderError(message)
                size = int(told[2])
            elif reply.status_code != _WHOLE:
                message = f"{name} of {self._repo_id}: {shown_endpoint(self._address)} did not answer as a hub does"
                raise HeaderError(message)
            for answer in (*reply.history, reply):
                commit = answer.headers.get("X-Repo-Commit") or ""
                if self._commit is None and COMMIT.fullmatch(commit):
                    self._commit = commit
            for piece in reply.iter_bytes():
                content += piece
                if len(content) > most or time.monotonic() > self._end:
                    message = f"{name} of {self._repo_id}: more came than was asked for, or too slowly"
                    raise HeaderError(message)
        return bytes(content), size

    def _folder(self) -> str:
        cache = os.environ.get("XDG_CACHE_HOME") or os.path.join("~", ".cache")
        name = self._repo_id.replace("/", "--")
        return os.path.join(os.path.expanduser(cache), "llmsim-adapters", "headers", "huggingface", name)

    def _remembered(self) -> str | None:
        """Return the commit that a revision was, where nobody may be asked what it is now."""
        if not self._offline:
            return None
        with suppress(OSError), open(self._reference(), encoding="utf-8", errors="replace") as file:
            commit = file.read(64)
            return commit if COMMIT.fullmatch(commit) else None
        return None

    def _reference(self) -> str:
        return os.path.join(self._folder(), "refs", quote(self._revision or "main", safe=""))

    def _kept(self, name: str) -> bytes | None:
        if self._commit is None:
            return None
        with suppress(OSError), open(os.path.join(self._folder(), self._commit, quote(name, safe="")), "rb") as file:
            return file.read(MAX_INDEX * 2)
        return None

    def _keep(self, name: str, content: bytes) -> None:
        """Keep what was checked; where it can't be kept, it will be asked for again."""
        if self._commit is None or time.monotonic() > self._end:
            return
        with suppress(OSError):
            write_whole(os.path.join(self._folder(), self._commit, quote(name, safe="")), content, folders=True)
            if self._revision != self._commit:
                write_whole(self._reference(), self._commit.encode(), folders=True)
