"""The engines at hand: the built-in ones, and those that plugins brought."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from llmsim_adapters import __version__
from llmsim_adapters.engines.built_in import NAMES, built_in
from llmsim_adapters.plugins.isolation import Guest
from llmsim_adapters.plugins.registered import HOST, RegisteredEngine

if TYPE_CHECKING:
    from llmsim_adapters.plugins.registered import Registered


def engines_of(found: Registered) -> tuple[RegisteredEngine, ...]:
    """Return every engine: the built-in ones first, the default before the others, then those of plugins by name."""
    return (*_own(), *(found.engines[name] for name in sorted(found.engines)))


@cache
def _own() -> tuple[RegisteredEngine, ...]:
    return tuple(RegisteredEngine(name, built_in(name), HOST, __version__, Guest(HOST, at_home=True)) for name in NAMES)
