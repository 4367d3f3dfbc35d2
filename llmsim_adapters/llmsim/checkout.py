"""Where LLMSim is: it is on no package index, so it is imported from a checkout as its own commands do, as `src`."""

from __future__ import annotations

import importlib
import os
import sys
from typing import Final

from llmsim_adapters.errors import AdapterError

HOME: Final = "LLMSIM_HOME"
"""Environment variable: the folder of an LLMSim checkout, which holds `src`. Not needed where that can be imported."""

_NEEDED: Final = "src.arch.models_arch.model_arch"


class LLMSimUnavailable(AdapterError):
    """LLMSim can't be imported; the message says what to do."""


def require() -> None:
    """Make LLMSim importable.

    Raises:
        LLMSimUnavailable: it is not there, lacks something, or another package named `src` is in its place.
    """
    if _NEEDED in sys.modules:
        return
    home = os.environ.get(HOME, "")
    if home:
        home = os.path.abspath(home)
        sys.path.insert(0, home)
    try:
        importlib.import_module(_NEEDED)
    except ImportError as error:
        if home:
            sys.path.remove(home)
        raise LLMSimUnavailable(_reason(home, error)) from error


def _reason(home: str, error: ImportError) -> str:
    missing = error.name or ""
    if missing and not (missing == "src" or missing.startswith("src.")):
        return f"LLMSim can't be imported: {error}; install what it needs (`pip install -e .` in its checkout)"
    if home and not os.path.isfile(os.path.join(home, *_NEEDED.split(".")) + ".py"):
        return f"{HOME} is {home!r}, which is no LLMSim checkout; expected the folder that holds `src`"
    imported = sys.modules.get("src")
    if imported is not None:
        place = next(iter(getattr(imported, "__path__", ())), "elsewhere")
        return f"LLMSim can't be imported: another package named `src` is, from {place}; use a process of its own"
    return f"LLMSim can't be imported: set {HOME} to a checkout of github.com/zkkython/llmsim, which holds `src`"
