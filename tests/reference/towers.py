"""Encoders beside language models: tiny whole models in which each key of an encoder's config is another in turn."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import TYPE_CHECKING, Any, Final

from . import measure, store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ENCODERS: Final = ("vision", "audio", "image")
"""What the name of a key has that holds the config of an encoder."""


def write(folder: Path) -> None:
    """Count each type whose facts have an encoder's config, with one key after the other changed."""
    rows: dict[str, Any] = {}
    for path in sorted(folder.glob("*.json")):
        for case in json.loads(path.read_text(encoding="utf-8")).get("cases", ()):
            if case["name"] in ("tiny-full", "full", "whole") and any(_keys(case["config"])):
                found = changed(case["config"])
                if found is not None:
                    rows[path.stem] = {"config": case["config"], "changed": found}
    store.write("towers", {}, "types", rows, folder)


def changed(config: dict[str, Any]) -> list[list[Any]] | None:
    """Return `[path, value, parameters, buffers]` for each key that can be another; None where the type isn't built."""
    if _count(config) is None:
        return None
    rows = []
    for path, value in _keys(config):
        for other in (not value,) if value.__class__ is bool else (2 * value, value + 1, value // 2 or 3):
            variant = deepcopy(config)
            level = variant
            for key in path[:-1]:
                level = level[key]
            level[path[-1]] = other
            count = _count(variant)
            if count is not None:
                rows.append([".".join(path), other, count["parameters"], count["buffers"]])
                break
    return rows


def _count(config: dict[str, Any]) -> dict[str, Any] | None:
    try:
        return measure.totals(measure.build(config, "meta"))
    except Exception:  # whatever a class says of sizes that don't go together
        return None


def _keys(
    config: dict[str, Any], path: tuple[str, ...] = (), inside: bool = False
) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Yield the path and the value of each size and switch in the configs of encoders."""
    for key, value in config.items():
        if isinstance(value, dict):
            yield from _keys(value, (*path, key), inside or any(word in key for word in ENCODERS))
        elif inside and (value.__class__ is bool or (value.__class__ is int and value > 0)):
            yield (*path, key), value
