"""Parts of a repository's files, as each hub gives them: by its client's own session, or as that asks for them.

The clients make paths of what a server says, and have whole files only where they write them; so the requests are made
here, bounded in bytes and time.
"""

from __future__ import annotations

import os
import re
import time
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, Final

from llmsim_adapters.proof.headers import HeaderError
from llmsim_adapters.sources.answer import Refusal
from llmsim_adapters.sources.bars import Bounded
from llmsim_adapters.sources.environment import huggingface_endpoint, modelscope_endpoint, shown_endpoint
from llmsim_adapters.sources.huggingface_files import COMMIT, LIBRARY
from llmsim_adapters.sources.quiet import quiet

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_PARTIAL, _WHOLE, _MISSING = 206, 200, 404
_RANGE: Final = re.compile(r"bytes (\d{1,18})-\d{1,18}/(\d{1,18})")

Span = tuple[int, int]
"""Where a part of a file begins, and how many bytes it has."""

Answer = tuple[bytes, "int | None"]
"""Bytes of a file, and the size of the whole, where a part was asked for."""


class Parts(ABC):
    """A repository's files at an address, until the monotonic time `end`."""

    tells_commits = True
    """Whether the hub says which commit a file is of."""

    def __init__(self, repo_id: str, revision: str | None, address: str, end: float) -> None:
        self.repo_id, self.revision, self.address, self.end = repo_id, revision, address, end
        self.commit = revision if revision is not None and COMMIT.fullmatch(revision) else None

    def get(self, name: str, span: Span | None, most: int) -> Answer | None:
        """Return a file, or a part of it; None where there is no such file.

        Raises:
            HeaderError: it can't be had.
            Refusal: the hub can't be reached.
        """
        with quiet():
            try:
                return self._get(name, span, most)
            except (Refusal, HeaderError):
                raise
            except Exception as error:
                refusal = self._explained(error)
                raise HeaderError(refusal.message.replace("config.json", name)) from error

    @abstractmethod
    def _get(self, name: str, span: Span | None, most: int) -> Answer | None: ...

    @abstractmethod
    def _explained(self, error: Exception) -> Refusal: ...

    @property
    def _seconds(self) -> float:
        return max(min(self.end - time.monotonic(), 30), 0.1)

    def _size(self, name: str, status: int, headers: Mapping[str, str], span: Span | None) -> int | None:
        """Return the size of the whole file that a part is of.

        Raises:
            HeaderError: the answer is not what was asked for.
        """
        if span is None:
            if status != _WHOLE:
                message = f"{name} of {self.repo_id}: {shown_endpoint(self.address)} did not answer as a hub does"
                raise HeaderError(message)
            return None
        told = _RANGE.fullmatch(headers.get("Content-Range") or "")
        if status != _PARTIAL or told is None or int(told[1]) != span[0]:
            message = (
                f"{shown_endpoint(self.address)} does not answer requests for a part of a file, so that "
                f"{name} would have to be had whole: name another mirror, or give a folder with the files"
            )
            raise HeaderError(message)
        return int(told[2])

    def _content(self, name: str, pieces: Iterable[bytes], most: int) -> bytes:
        content = bytearray()
        for piece in pieces:
            content += piece
            if len(content) > most or time.monotonic() > self.end:
                message = f"{name} of {self.repo_id}: more came than was asked for, or too slowly"
                raise HeaderError(message)
        return bytes(content)


class _HuggingFace(Parts):
    def __init__(self, repo_id: str, revision: str | None, endpoint: str | None, end: float) -> None:
        super().__init__(repo_id, revision, huggingface_endpoint(endpoint), end)

    def _get(self, name: str, span: Span | None, most: int) -> Answer | None:
        from llmsim_adapters.sources.huggingface import client

        client()
        from huggingface_hub import get_session, hf_hub_url
        from huggingface_hub.utils import (  # type: ignore[attr-defined, unused-ignore]
            build_hf_headers,
            hf_raise_for_status,
        )

        url = hf_hub_url(self.repo_id, name, revision=self.commit or self.revision, endpoint=self.address)
        headers = build_hf_headers(library_name=LIBRARY) | _range(span)
        with get_session().stream("GET", url, headers=headers, timeout=self._seconds, follow_redirects=True) as reply:
            if reply.status_code == _MISSING and reply.headers.get("X-Error-Code") == "EntryNotFound":
                return None
            if reply.status_code >= 300:
                hf_raise_for_status(reply)
            size = self._size(name, reply.status_code, reply.headers, span)
            for answer in (*reply.history, reply):
                commit = answer.headers.get("X-Repo-Commit") or ""
                if self.commit is None and COMMIT.fullmatch(commit):
                    self.commit = commit
            return self._content(name, reply.iter_bytes(), most), size

    def _explained(self, error: Exception) -> Refusal:
        from llmsim_adapters.sources.huggingface import client
        from llmsim_adapters.sources.huggingface_errors import explain

        return explain(error, self.repo_id, self.revision, self.address, client().get_token())


class _ModelScope(Parts):
    """ModelScope's files, by the session of its client, which itself gives no part of a file but into a file."""

    tells_commits = False

    def __init__(self, repo_id: str, revision: str | None, endpoint: str | None, end: float) -> None:
        from llmsim_adapters.sources.modelscope import DEFAULT_REVISION

        super().__init__(repo_id, revision or DEFAULT_REVISION, modelscope_endpoint(endpoint), end)

    def _get(self, name: str, span: Span | None, most: int) -> Answer | None:
        from llmsim_adapters.sources.modelscope import client

        hub = client()
        from modelscope_hub.errors import raise_for_status

        token = os.environ.get("MODELSCOPE_API_TOKEN")
        headers = {"Accept-Encoding": "identity", "User-Agent": LIBRARY, **_range(span)}
        if token:
            headers["Authorization"] = f"Bearer {token}"  # which the session takes off where it is sent elsewhere
        url = f"{self.address}/api/v1/models/{self.repo_id}/repo"
        asked: Any = {"Revision": self.commit or self.revision, "FilePath": name}
        legacy = hub.HubApi(endpoint=self.address).legacy
        session: Any = getattr(legacy, "_read_session", None) or legacy._session  # the former tries nothing again
        with session.get(url, params=asked, headers=headers, stream=True, timeout=self._seconds) as reply:
            if reply.status_code == _MISSING:  # the config was found at this revision
                return None
            if reply.status_code >= 400:
                reply.raw = Bounded(reply.raw, lambda size: HeaderError(f"{name}: an answer has {size:,} bytes"))
                raise_for_status(reply)
            size = self._size(name, reply.status_code, reply.headers, span)
            return self._content(name, reply.iter_content(65536), most), size

    def _explained(self, error: Exception) -> Refusal:
        from llmsim_adapters.sources.modelscope_errors import explain

        return explain(error, self.repo_id, self.revision or "", self.address)


def _range(span: Span | None) -> dict[str, str]:
    return {} if span is None else {"Range": f"bytes={span[0]}-{span[0] + span[1] - 1}"}


PARTS: Final = {"huggingface": _HuggingFace, "modelscope": _ModelScope}
"""By name: how a hub's files are had in parts."""
