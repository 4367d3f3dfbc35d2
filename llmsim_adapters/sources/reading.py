"""Read one `config.json`: plain JSON, bounded, nothing else."""

from __future__ import annotations

import json
import os
import stat
from codecs import BOM_UTF8
from sys import intern
from typing import Any, Final

from llmsim_adapters.sources.answer import Refusal
from llmsim_adapters.text import printable

MAX_CONFIG_BYTES = 8 * 1024 * 1024
"""The largest config that is read; the largest published ones (with per-layer tables) are below 1 MiB."""

MAX_CONFIG_DEPTH = 100
"""The deepest nesting that is read, so that whoever walks a config can do so recursively."""

MAX_CONFIG_VALUES = 2**19
"""The most entries of objects and lists, inner ones included, that are read; of published configs, 1,300."""

_READ: Final = os.O_RDONLY | getattr(os, "O_BINARY", 0)
_JSON_TYPES = {list: "an array", str: "a string", bool: "a boolean", type(None): "null"}


def read_config(path: str | os.PathLike[str], found: os.stat_result | None = None) -> dict[str, Any]:
    """Return the JSON object in the file at `path`, or raise `Refusal` that says what is wrong with it.

    `found` is what the file system says of it, where it was asked already.
    """
    try:
        found = os.stat(path) if found is None else found
        if not stat.S_ISREG(found.st_mode):  # opening a pipe or a device could wait forever
            raise Refusal("unreadable", f"{shown(path)} is not a regular file")
        if found.st_size > MAX_CONFIG_BYTES:
            raise too_large(f"{shown(path)} has {found.st_size:,} bytes")
        file = os.open(path, _READ)
        try:
            content = os.read(file, found.st_size + 1)
            if len(content) != found.st_size:  # it is being written, or its file system doesn't tell sizes
                while more := os.read(file, MAX_CONFIG_BYTES + 1 - len(content)):
                    content += more
        finally:
            os.close(file)
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        reason = printable(getattr(error, "strerror", None) or error)
        raise Refusal("unreadable", f"{shown(path)} can't be read: {reason}") from error
    if len(content) > MAX_CONFIG_BYTES:
        raise too_large(f"{shown(path)} has more than {MAX_CONFIG_BYTES:,} bytes")
    return parse_config(content, shown(path))


def parse_config(content: bytes, name: str) -> dict[str, Any]:
    """Return the JSON object in `content`; `name` is what messages call it.

    `NaN` and `Infinity` are accepted: published configs hold them.
    """
    try:
        text = content.removeprefix(BOM_UTF8).decode()
        brackets = text.count("{") + text.count("[")
        if len(content) > MAX_CONFIG_VALUES and brackets + text.count(",") > MAX_CONFIG_VALUES:
            raise too_many_values(name)
        data = _DECODER.decode(text)
    except UnicodeDecodeError as error:
        raise Refusal("not_json", f"{name} is not JSON: not UTF-8 at byte {error.start}") from error
    except json.JSONDecodeError as error:
        where = f"line {error.lineno} column {error.colno}"
        raise Refusal("not_json", f"{name} is not JSON: {printable(error.msg)} at {where}") from error
    except RecursionError as error:
        raise too_deep(name) from error
    except ValueError as error:  # Python converts no such integer
        raise too_many_digits(name) from error
    except _DuplicateKey as error:
        message = f"{name} has the key {printable(error.key)!r} twice in one object: which one counts?"
        raise Refusal("duplicate_key", message) from None
    if not isinstance(data, dict):
        raise Refusal("not_an_object", f"{name} holds {_JSON_TYPES.get(type(data), 'a number')}, not an object")
    if brackets > MAX_CONFIG_DEPTH and _deeper_than(MAX_CONFIG_DEPTH, data):
        raise too_deep(name)
    return data


def too_large(found: str) -> Refusal:
    """Return the refusal for a file of more than `MAX_CONFIG_BYTES`."""
    return Refusal("too_large", f"{found}; a file of more than {MAX_CONFIG_BYTES:,} is not read")


def too_many_values(name: str) -> Refusal:
    """Return the refusal for objects and lists of more entries than anything that a model has."""
    return Refusal("too_large", f"{name} has more than {MAX_CONFIG_VALUES:,} values, which are not read")


def too_deep(name: str) -> Refusal:
    """Return the refusal for objects in objects that no config has."""
    return Refusal("too_deep", f"{name} is nested deeper than {MAX_CONFIG_DEPTH} levels")


def too_many_digits(name: str) -> Refusal:
    """Return the refusal for an integer that Python doesn't print."""
    return Refusal("not_json", f"{name} has an integer of more than 4,300 digits")


def shown(path: str | os.PathLike[str]) -> str:
    """Return `path` as text for a message."""
    return printable(os.fspath(path), limit=1000)


class _DuplicateKey(Exception):
    def __init__(self, key: str) -> None:
        self.key = key


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = {intern(key): value for key, value in pairs}  # what many configs have is there, and is sent, once
    if len(result) != len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                raise _DuplicateKey(key)
            seen.add(key)
    return result


_DECODER: Final = json.JSONDecoder(object_pairs_hook=_without_duplicates)


def _deeper_than(limit: int, data: object) -> bool:
    level = [data]
    for _ in range(limit + 1):
        inner: list[object] = []
        for item in level:
            if isinstance(item, dict):
                inner.extend(item.values())
            elif isinstance(item, list):
                inner.extend(item)
        if not inner:
            return False
        level = inner
    return any(isinstance(item, dict | list) for item in level)
