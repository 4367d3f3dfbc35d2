"""Accelerators' memory, from `accelerators.json`, and sizes of memory as people write them."""

from __future__ import annotations

import json
import re
from importlib.resources import files
from typing import Final, NamedTuple

from llmsim_adapters.errors import AdapterError
from llmsim_adapters.spelling import meant
from llmsim_adapters.text import printable

_UNITS: Final = {"MIB": 2**20, "GIB": 2**30, "TIB": 2**40, "MB": 10**6, "GB": 10**9, "TB": 10**12}
_SIZE: Final = re.compile(r"(\d{1,9})(\.\d{1,6})? ?([A-Z]+)")


class FitError(AdapterError):
    """What is to fit can't be: an accelerator that nobody knows, a size or a number that can't be."""


class Accelerator(NamedTuple):
    """An accelerator: its memory in bytes, and where that is from."""

    name: str
    memory: int
    source: str


def accelerators() -> dict[str, Accelerator]:
    """Return the accelerators that are known, by name."""
    text = files("llmsim_adapters.fit").joinpath("accelerators.json").read_text(encoding="utf-8")
    rows = json.loads(text)["accelerators"]
    return {row["name"]: Accelerator(row["name"], row["memory_mib"] * 2**20, row["source"]) for row in rows}


def accelerator(name: str) -> Accelerator:
    """Return an accelerator by its name, in whatever letter case; without its size where only one is called so.

    Raises:
        FitError: nobody knows it, or several are called so.
    """
    if not isinstance(name, str):
        message = f"accelerator {printable(repr(name), 40)}; expected a name, or the bytes of its memory as an integer"
        raise FitError(message)
    known = accelerators()
    wanted = name.casefold()
    exact = [each for each in known.values() if each.name.casefold() == wanted]
    found = exact or [each for each in known.values() if each.name.casefold().startswith(f"{wanted}-")]
    if len(found) == 1:
        return found[0]
    if found:
        message = f"accelerator {printable(name, 80)!r} is one of {', '.join(each.name for each in found)}"
    else:
        message = (
            f"no accelerator {printable(name, 80)!r}{meant(name, known)}; there are {', '.join(known)}; "
            "any other: give its memory, as in 96GiB"
        )
    raise FitError(message)


def memory_of(text: str) -> int:
    """Return the bytes of a size such as `96GiB` or `80GB`.

    Raises:
        FitError: it is none.
    """
    found = _SIZE.fullmatch(text.strip().upper())
    if found is None or found[3] not in _UNITS:
        message = f"memory {printable(text, 40)!r}; expected a number and a unit, as 96GiB or 80GB"
        raise FitError(message)
    whole, part = int(found[1]) * _UNITS[found[3]], found[2]
    return whole + (int(part[1:]) * _UNITS[found[3]] // 10 ** (len(part) - 1) if part else 0)
