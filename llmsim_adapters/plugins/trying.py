"""Registering things in this process alone: for notebooks and tests, where nothing is to be packaged."""

from __future__ import annotations

import sys
import warnings
from typing import TYPE_CHECKING, Any, Final

from llmsim_adapters.dialects.reading.dialect import Dialect
from llmsim_adapters.engines.engine import Engine
from llmsim_adapters.lowerings.kind import ComponentKind
from llmsim_adapters.plugins.builder import Builder
from llmsim_adapters.plugins.contributions import Contributions
from llmsim_adapters.plugins.isolation import Guest, PluginError, refuse_plugins
from llmsim_adapters.plugins.manager import registered
from llmsim_adapters.plugins.registered import PluginWarning
from llmsim_adapters.text import printable

if TYPE_CHECKING:
    from llmsim_adapters.plugins.registered import Registered

HERE: Final = "la.register"


class _Here:
    """What stands for the plugin."""

    distribution, version, preferred = HERE, "", False

    def __init__(self, package: str) -> None:
        self.package = package

    def doubt(self, said: str) -> None:
        warnings.warn(said, PluginWarning, stacklevel=4)


def register(*things: Dialect | type[Builder] | ComponentKind | Engine) -> None:
    """Register dialects, builders, kinds of component and engines in this process, for models that are loaded later.

    For notebooks and tests: nothing is packaged, and what was registered so before under the same name is replaced.
    They run isolated, as those of plugins do.

    Raises:
        AdapterError: one of them can't be used; the message says why. Those before it are registered.
    """
    refuse_plugins("register anything")
    found = registered()
    source = _Here(str(sys._getframe(1).f_globals.get("__name__", "")).partition(".")[0])
    for thing in things:
        kind, check = _kind(thing)
        _forget(kind, _name(kind, thing), found)
        brought = Contributions(source, lambda: Guest(HERE), found)
        Guest(HERE).run(lambda: getattr(brought, check)(thing))()  # noqa: B023 (it runs before the next one)


def _kind(thing: Any) -> tuple[str, str]:
    if isinstance(thing, Dialect):
        return "model type", "dialect"
    if isinstance(thing, ComponentKind):
        return "component", "component"
    if isinstance(thing, Engine):
        return "engine name", "engine"
    if isinstance(thing, type) and issubclass(thing, Builder):
        return "builder name", "builder"
    shown = printable(repr(thing), 80)
    message = f"{shown} is nothing to register; expected a Dialect, a class of Builder, a ComponentKind or an Engine"
    raise PluginError(message)


def _name(kind: str, thing: Any) -> str:
    name = {"model type": "model_type", "component": "component", "engine name": "name", "builder name": "name"}[kind]
    found = getattr(thing, name, "")
    return str(getattr(found, "kind", "") if kind == "component" else found)


def _forget(kind: str, name: str, found: Registered) -> None:
    """Make the name free again, where it is of something that was registered so."""
    if found.owners.get((kind, name)) != f"{HERE} ":
        return
    del found.owners[kind, name]
    if kind == "model type":
        del found.dialects[name], found.guests[name]
    elif kind == "component":
        for component in [each for each in found.lowerings if getattr(each, "kind", None) == name]:
            del found.lowerings[component]
        for feature in found.features.drop(name):
            found.owners.pop(("feature", feature), None)
    elif kind == "engine name":
        del found.engines[name]
    else:
        del found.builders[name]
