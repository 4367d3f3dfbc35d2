"""A model with what is said of it in one word: `org/name@tp=8,ep=8`, `org/name@v2`, `org/name@main,context=32k`."""

from __future__ import annotations

import os
from dataclasses import fields
from typing import Any, Final, NamedTuple

from llmsim_adapters.cli.group import MISUSE, Failed
from llmsim_adapters.graph.schedule import SIZES, Schedule
from llmsim_adapters.spec.dtypes import WORDS as FORMATS
from llmsim_adapters.spelling import meant
from llmsim_adapters.text import printable

WORDS: Final = {
    "tp": "tp_size",
    "dp": "dp_size",
    "ep": "ep_size",
    "batch": "batch_size",
    "seq": "seq_len",
    "context": "context_len",
    "weights": "weight_dtype",
    "kv": "kv_cache_dtype",
    "image": "images",
    "video": "videos",
    "audio": "audio_seconds",
}
"""Short words for fields of a schedule, beside the names of all of them."""

_SIZES: Final = {name for name, _ in SIZES}
_FLAGS: Final = ("mtp", "deepep", "dense_fully_dp", "moe_tp", "preprocessed")
_ITEMS: Final = {"images": 2, "videos": 3, "audio_seconds": 1}
"""Fields of media, with the numbers that each item has."""

_FIELDS: Final = {field.name for field in fields(Schedule)} - {"engine_options"}
_THOUSANDS: Final = {"k": 2**10, "m": 2**20}


class Asked(NamedTuple):
    """A source, and the revision and the fields of a schedule that are said behind its `@`."""

    text: str
    source: str
    revision: str | None
    fields: dict[str, Any]

    @property
    def beside(self) -> str:
        """What is said behind the `@`, with it."""
        return self.text[len(self.source) :]


def asked(text: str) -> Asked:
    """Return what a word asks for.

    Raises:
        Failed: what is said behind the `@` is no field of a schedule, or has a value that it can't have.
    """
    source, at, said = text.rpartition("@")
    if not at or not source or os.path.exists(text):
        return Asked(text, text, None, {})
    revision, found = None, {}
    for part in said.split(","):
        name, equals, value = part.partition("=")
        if not equals and name not in _FLAGS and revision is None and name:
            revision = name
            continue
        field = WORDS.get(name, name)
        if field not in _FIELDS:
            known = sorted({*WORDS, *_FIELDS})
            message = f"{printable(text)}: no field {printable(name, 40)!r} of a schedule{meant(name, known)}; "
            raise Failed(message + f"there are {', '.join(known)}", MISUSE)
        found[field] = _value(text, field, value if equals else "true")
    return Asked(text, source, revision, found)


def _value(text: str, field: str, value: str) -> Any:
    if field in _SIZES:
        number = size(value)
        if number is None:
            message = f"{printable(text)}: {field} is {printable(value, 40)!r}; expected an integer, as 8 or 32k"
            raise Failed(message, MISUSE)
        return number
    if field in _ITEMS:
        return _items(text, field, value)
    if field in _FLAGS:
        if value.lower() not in ("true", "false"):
            message = f"{printable(text)}: {field} is {printable(value, 40)!r}; expected true or false"
            raise Failed(message, MISUSE)
        return value.lower() == "true"
    if field.endswith("dtype"):
        return FORMATS.get(value.lower(), value.lower())
    return value


def _items(text: str, field: str, value: str) -> tuple[Any, ...]:
    """Return the media of a field: items with `+` between them, sides with `x`."""
    count = _ITEMS[field]
    found = []
    for item in value.split("+"):
        sides = item.lower().split("x")
        if len(sides) != count or not all(_is_number(side, whole=count > 1) for side in sides):
            form = "x".join(["N"] * count) if count > 1 else "SECONDS"
            message = f"{printable(text)}: {field} is {printable(value, 40)!r}; expected {form}, several with + between"
            raise Failed(message, MISUSE)
        found.append(tuple(map(int, sides)) if count > 1 else float(sides[0]))
    return tuple(found)


def _is_number(text: str, *, whole: bool) -> bool:
    digits = text if whole else text.replace(".", "", 1)
    return digits.isascii() and digits.isdecimal() and len(digits) < 10


def size(text: str) -> int | None:
    """Return a number of tokens or sequences, `k` being 1,024; None where it is none."""
    digits, factor = (text[:-1], _THOUSANDS[text[-1].lower()]) if text[-1:].lower() in _THOUSANDS else (text, 1)
    return int(digits) * factor if digits.isascii() and digits.isdecimal() and len(digits) < 14 else None
