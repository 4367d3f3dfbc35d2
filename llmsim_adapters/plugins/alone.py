"""Whether the built-in builders are the only plugin that is installed, told without `importlib.metadata`.

That module and what it needs (`email`, `socket`, `zipfile`) take a tenth of a cold `explain`. So the folders on the
path are looked through here, as it does, and whatever is not plainly our own list of entry points is left to it.
"""

from __future__ import annotations

import os
import re
import sys
from importlib import import_module
from importlib.machinery import PathFinder
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from llmsim_adapters.plugins.hookspecs import PROJECT

if TYPE_CHECKING:
    from collections.abc import Iterator

_LISTS: Final = (".dist-info", ".egg-info")
_OURS: Final = re.compile(rf"{PROJECT}-[^-]+\.dist-info")
_SECTION: Final = re.compile(rf"^\[{PROJECT}\]\s*\n(\w+) = ([\w.]+)\s*(?=\n\[|\Z)", re.MULTILINE)
_FIELD: Final = re.compile(r"^(Name|Version): (\S+)$", re.MULTILINE)


class Described(NamedTuple):
    """A distribution, as far as plugins are told apart by it."""

    metadata: dict[str, str]


class BuiltIn(NamedTuple):
    """The entry point of the built-in builders."""

    name: str
    module: str
    dist: Described

    def load(self) -> Any:
        """Import the module."""
        return import_module(self.module)


def built_in_alone() -> BuiltIn | None:
    """Return the entry point of the built-in builders, if no other distribution could have one; None if in doubt."""
    if any(hasattr(finder, "find_distributions") for finder in sys.meta_path if not _of_folders(finder)):
        return None
    found = None
    try:
        for folder, text in _lists():
            if PROJECT not in text:
                continue
            if not _OURS.fullmatch(os.path.basename(folder)):
                return None
            if found is None:  # the first one on the path is the one that gets imported
                found = _built_in(folder, text)
                if found is None:
                    return None
    except (OSError, ValueError, TypeError):
        return None
    return found


def _of_folders(finder: object) -> bool:
    return finder is PathFinder


def _lists() -> Iterator[tuple[str, str]]:
    """Yield the lists of entry points on the path, each with its folder.

    Raises:
        OSError, ValueError: a list can't be read, or an archive is on the path, which may have some.
    """
    for place in sys.path:
        folder = place or os.curdir
        if folder.endswith(".egg") or os.path.isfile(folder):
            message = f"{folder} is no ordinary folder"
            raise ValueError(message)
        try:
            names = os.listdir(folder)
        except (FileNotFoundError, NotADirectoryError, PermissionError):
            continue  # as for imports
        for name in names:
            if name.lower().endswith(_LISTS):
                listed = os.path.join(folder, name)
                try:
                    with open(os.path.join(listed, "entry_points.txt"), encoding="utf-8") as file:
                        yield listed, file.read()
                except (FileNotFoundError, NotADirectoryError):
                    continue


def _built_in(folder: str, text: str) -> BuiltIn | None:
    point = _SECTION.search(text)
    if point is None or text.count(f"[{PROJECT}]") != 1:
        return None
    with open(os.path.join(folder, "METADATA"), encoding="utf-8") as file:
        head = file.read().partition("\n\n")[0]
    described = dict(_FIELD.findall(head))
    return BuiltIn(point[1], point[2], Described(described)) if len(described) == 2 else None
