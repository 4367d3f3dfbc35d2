"""What a hub listed beside a config, remembered: the clients' caches hold files, not the names of the others."""

from __future__ import annotations

import json
import os
import time
from contextlib import suppress
from itertools import islice
from typing import TYPE_CHECKING, Final

from llmsim_adapters.sources.reading import MAX_CONFIG_BYTES
from llmsim_adapters.sources.whole_files import write_whole

if TYPE_CHECKING:
    from collections.abc import Iterable

_MOST_NAMES: Final = 10_000
_LONGEST_NAME: Final = 255


def top_level(paths: Iterable[object]) -> frozenset[str]:
    """Return the names of files and folders that stand beside the config, of the paths that a hub lists."""
    tops = (path.partition("/")[0] for path in paths if isinstance(path, str))
    names = (name for name in tops if 0 < len(name) <= _LONGEST_NAME)
    return frozenset(islice(dict.fromkeys(names), _MOST_NAMES))


def recall(hub: str, repo_id: str, revision: str | None) -> frozenset[str] | None:
    """Return the names that a hub listed when it was asked; None where it was not."""
    try:
        with open(_path(hub, repo_id, revision), encoding="utf-8") as file:
            names = json.loads(file.read(MAX_CONFIG_BYTES))
    except (OSError, ValueError, RecursionError):  # nothing that is worth a word: the hub can be asked again
        return None
    return top_level(names) if isinstance(names, list) else None


def remember(hub: str, repo_id: str, revision: str | None, names: Iterable[str], end: float) -> None:
    """Keep what a hub listed before the monotonic time `end`; where it can't be kept, it will be asked again."""
    if time.monotonic() > end:
        return
    with suppress(OSError):
        write_whole(_path(hub, repo_id, revision), json.dumps(sorted(names)).encode(), folders=True)


def _path(hub: str, repo_id: str, revision: str | None) -> str:
    cache = os.environ.get("XDG_CACHE_HOME") or os.path.join("~", ".cache")
    from urllib.parse import quote  # which takes long to import, and a config at hand needs none

    parts = hub, repo_id.replace("/", "--"), quote(revision or "main", safe="") + ".json"
    return os.path.join(os.path.expanduser(cache), "llmsim-adapters", "listings", *parts)
