"""Where LLMSim is: it is on no package index, so it is imported from a checkout as its own commands do, as `src`."""

from __future__ import annotations

import os
import sys
import threading
from typing import TYPE_CHECKING, Final

from llmsim_adapters.errors import AdapterError
from llmsim_adapters.llmsim.interface import ARCHITECTURES, COMMIT, PROGRAMS, REPOSITORY, another_version, lacking
from llmsim_adapters.text import printable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from llmsim_adapters.llmsim.interface import Names

HOME: Final = "LLMSIM_HOME"
"""Environment variable: the folder of an LLMSim checkout, which holds `src`. Not needed where that can be imported."""

LOCK: Final = threading.RLock()
"""Held by whoever changes what all threads see: the path, and what of LLMSim is replaced."""

_FOLDER: Final = os.path.join("src", "arch")
_seen: set[str] = set()
"""What this LLMSim has all names of."""


class LLMSimUnavailable(AdapterError):
    """LLMSim can't be imported, or is another version than the bridge is for; the message says what to do."""


def require() -> None:
    """Make LLMSim importable, and see that it has what architectures need.

    Raises:
        LLMSimUnavailable: it is not there, lacks something, or another package named `src` is in its place.
    """
    _require("architectures", ARCHITECTURES)


def require_programs() -> None:
    """Import LLMSim's programs, too, and see that they have what is replaced in them.

    Raises:
        LLMSimUnavailable: as `require`.
    """
    require()
    _require("programs", PROGRAMS)


def _require(what: str, names: Mapping[str, Names]) -> None:
    if what in _seen:
        return
    with LOCK:
        home = os.environ.get(HOME, "")
        home = home and os.path.abspath(home)
        added = bool(home) and sys.path[:1] != [home]
        if added:
            sys.path.insert(0, home)
        try:
            missing = lacking(names)
            reason = missing and _reason(home, missing)
        except ModuleNotFoundError as error:
            needed = "install what it needs (`pip install -e .` in its checkout)"
            reason = f"LLMSim can't be imported: {error}; {needed}"
        if reason:
            if added:
                sys.path.remove(home)
            raise LLMSimUnavailable(printable(reason, 1000))
        _seen.add(what)


def _reason(home: str, missing: str) -> str:
    if home and not os.path.isdir(os.path.join(home, _FOLDER)):
        return f"{HOME} is {home!r}, which is no LLMSim checkout; expected the folder that holds `src`"
    imported = sys.modules.get("src")
    if imported is None:
        return f"LLMSim can't be imported: set {HOME} to a checkout of {REPOSITORY} at {COMMIT}, which holds `src`"
    place = next(iter(getattr(imported, "__path__", ())), "elsewhere")
    if not os.path.isdir(os.path.join(os.path.dirname(place), _FOLDER)):
        return f"LLMSim can't be imported: another package named `src` is, from {place}; use a process of its own"
    return another_version(f"{place} has no {missing}")
