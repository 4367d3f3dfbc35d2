"""The configs that come with this package: `hf_config/{org}--{name}.json`."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def bundled_dir() -> Path | None:
    """Return the folder of bundled configs: inside the package in a wheel, at the root in a checkout."""
    from pathlib import Path  # which takes long to import, and only who asks for the folder needs it

    folder = _folder()
    return Path(folder) if folder else None


def bundled_ids() -> list[str]:
    """Return the id of every bundled model, sorted."""
    folder = _folder()
    names = os.listdir(folder) if folder else []
    return sorted(name.removesuffix(".json").replace("--", "/", 1) for name in names if name.endswith(".json"))


def find_bundled(repo_id: str) -> tuple[str, str] | None:
    """Return the path of the bundled config of `repo_id` and its id as bundled, in whatever letter case."""
    folder = _folder()
    if folder is None:
        return None
    name = repo_id.replace("/", "--") + ".json"
    path = os.path.join(folder, name)
    if os.path.isfile(path):
        return path, repo_id
    lowered = name.lower()
    for other in os.listdir(folder):
        if other.lower() == lowered:
            return os.path.join(folder, other), other.removesuffix(".json").replace("--", "/", 1)
    return None


def _folder() -> str | None:
    for parent in (_PACKAGE, os.path.dirname(_PACKAGE)):
        folder = os.path.join(parent, "hf_config")
        if os.path.isdir(folder):
            return folder
    return None
