"""The small files of a repository on the Hugging Face Hub, by the client's session, and kept in its cache.

The client's own download makes paths of what the server says in its headers (`ETag`, `X-Repo-Commit`), so that a hub
could write wherever it liked; and it tries again for as long as a server tells it to. Here each file is one request for
its metadata and one for its content, bounded, and the only word of the server that becomes a part of a path is a commit
of forty hexadecimal digits. A cache that can't be written is no reason to have no answer.
"""

from __future__ import annotations

import os
import re
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from llmsim_adapters.sources.answer import Refusal
from llmsim_adapters.sources.environment import huggingface_cache_dir, shown_endpoint
from llmsim_adapters.sources.listings import top_level
from llmsim_adapters.sources.reading import MAX_CONFIG_BYTES, parse_config, too_large
from llmsim_adapters.sources.whole_files import write_whole

if TYPE_CHECKING:
    from collections.abc import Mapping

COMMIT: Final = re.compile(r"[0-9a-f]{40}")
_OK: Final = 200


class Repository:
    """A model's repository at an endpoint, as the client `hub` reaches it, until the monotonic time `end`."""

    def __init__(self, hub: Any, repo_id: str, endpoint: str, end: float) -> None:
        self._hub = hub
        self._end = end
        self._repo_id = repo_id
        self._endpoint = endpoint

    def read(self, name: str, revision: str | None) -> tuple[dict[str, Any], str]:
        """Return the object in a file, and the commit that it is of; it is then in the cache, too.

        Raises:
            Refusal: what came is no such file.
            Exception: whatever the client raises where it can't have it.
        """
        hub = self._hub
        url = hub.hf_hub_url(self._repo_id, name, revision=revision, endpoint=self._endpoint)
        seconds = hub.constants.HF_HUB_ETAG_TIMEOUT
        found = hub.get_hf_file_metadata(url, timeout=seconds, endpoint=self._endpoint, library_name=LIBRARY)
        commit = found.commit_hash
        if found.etag is None or commit is None or not COMMIT.fullmatch(commit):
            raise bad_mirror(self._endpoint, self._repo_id)
        if found.size is not None and found.size > MAX_CONFIG_BYTES:
            raise too_large(f"{name} of {self._repo_id} has {found.size:,} bytes")
        content = self._get(url, name, hub.constants.HF_HUB_DOWNLOAD_TIMEOUT)
        config = parse_config(content, f"{name} of {self._repo_id}")
        if time.monotonic() < self._end:  # else nobody waits for it any more
            keep(self._repo_id, revision, commit, name, content)
        return config, commit

    def names(self, revision: str | None) -> frozenset[str]:
        """Return the names of the files at the top, which the hub tells in one request."""
        from urllib.parse import quote  # which takes long to import, and a config at hand needs none

        at = f"/revision/{quote(revision, safe='')}" if revision else ""
        url = f"{self._endpoint}/api/models/{self._repo_id}{at}"
        content = self._get(url, "the listing", self._hub.constants.HF_HUB_ETAG_TIMEOUT, {"expand": "siblings"})
        siblings = parse_config(content, f"the listing of {self._repo_id}").get("siblings")
        if not isinstance(siblings, list):
            raise Refusal("error", f"the listing of {self._repo_id} names no files")
        return top_level(each.get("rfilename") for each in siblings if isinstance(each, dict))

    def _get(self, url: str, name: str, seconds: float, params: Mapping[str, str] | None = None) -> bytes:
        from huggingface_hub.utils import (  # type: ignore[attr-defined, unused-ignore]
            build_hf_headers,
            hf_raise_for_status,
        )

        headers = build_hf_headers(library_name=LIBRARY)
        content = bytearray()
        with self._hub.get_session().stream(
            "GET", url, headers=headers, params=params, timeout=seconds, follow_redirects=True
        ) as reply:
            if reply.status_code != _OK:
                if reply.status_code < 400:  # a redirect to nowhere, for instance
                    raise bad_mirror(self._endpoint, self._repo_id)
                hf_raise_for_status(reply)
            for piece in reply.iter_bytes():
                content += piece
                if len(content) > MAX_CONFIG_BYTES:
                    raise too_large(f"{name} of {self._repo_id} has more than {MAX_CONFIG_BYTES:,} bytes")
        return bytes(content)


LIBRARY: Final = "llmsim-adapters"


def bad_mirror(endpoint: str, repo_id: str) -> Refusal:
    """Return the refusal of what does not answer as a hub does."""
    return Refusal(
        "bad_mirror",
        f"{shown_endpoint(endpoint)} answered for {repo_id} without the headers that a hub sends (ETag, X-Repo-Commit)"
        ": it is an incomplete mirror, a proxy or a login page; set HF_ENDPOINT (or `endpoint`) to another one, or "
        "give a local config.json",
    )


def folder_of(repo_id: str) -> str:
    """Return the folder that the client's cache has for a model."""
    return os.path.join(huggingface_cache_dir(), "models--" + repo_id.replace("/", "--"))


def keep(repo_id: str, revision: str | None, commit: str, name: str, content: bytes) -> None:
    """Put a file where the client's cache has it, as the client does where there are no symbolic links."""
    folder = folder_of(repo_id)
    with suppress(OSError):
        write_whole(os.path.join(folder, "snapshots", commit, name), content, folders=True)
        if revision != commit:
            write_whole(os.path.join(folder, "refs", *(revision or "main").split("/")), commit.encode(), folders=True)
