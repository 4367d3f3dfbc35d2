"""The built-in engines, each imported at its first use."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Final

from llmsim_adapters.graph.schedule import ScheduleError
from llmsim_adapters.spelling import meant
from llmsim_adapters.text import printable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from llmsim_adapters.engines.engine import Engine

NAMES: Final = ("sglang", "checkpoint", "llmsim")


@cache
def built_in(name: str) -> Engine:
    """Return a built-in engine."""
    engine: Engine = import_module(f"llmsim_adapters.engines.{name}").ENGINE
    return engine


def find(name: str, plugged: Mapping[str, Engine]) -> Engine:
    """Return the engine of a name: a built-in one, or one of those that plugins brought.

    Raises:
        ScheduleError: there is none.
    """
    if name in NAMES:
        return built_in(name)
    if name in plugged:
        return plugged[name]
    known = [*NAMES, *sorted(plugged)]
    said = f"{printable(repr(name), 80)}{meant(str(name), known)}"
    message = f"schedule field `engine` is {said}; expected one of {', '.join(known)}"
    raise ScheduleError(message)
