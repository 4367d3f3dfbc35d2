"""What plugins registered, the built-in ones included."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from llmsim_adapters.lowerings.built_in import Lowerings
from llmsim_adapters.plugins.features import KnownFeatures

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.dialect import Dialect
    from llmsim_adapters.engines.engine import Engine
    from llmsim_adapters.plugins.builder import Builder
    from llmsim_adapters.plugins.isolation import Guest
    from llmsim_adapters.plugins.requirements import Requirements
    from llmsim_adapters.spec.model import ModelSpec

HOST: Final = "llmsim-adapters"


class RegisteredBuilder(NamedTuple):
    """A builder, the distribution that brought it, and what it declares."""

    name: str
    builder: Builder
    distribution: str
    version: str
    requirements: Requirements
    guest: Guest
    claims_itself: bool = False
    """Whether its own code refines the claim."""
    builds_itself: bool = False
    """Whether its own code makes the graph."""

    @property
    def built_in(self) -> bool:
        """Whether this package itself brought it."""
        return self.distribution == HOST


class RegisteredEngine(NamedTuple):
    """An engine, and the distribution that brought it."""

    name: str
    engine: Engine
    distribution: str
    version: str
    guest: Guest

    @property
    def built_in(self) -> bool:
        """Whether this package itself brought it."""
        return self.distribution == HOST


class PluginWarning(UserWarning):
    """A plugin is not used, or does what it should not."""


class BrokenPlugin(NamedTuple):
    """A plugin, or a part of one, that is not used, and why; or is `used` and does what it should not."""

    entry_point: str
    distribution: str
    version: str
    error: str
    used: bool = False

    def __str__(self) -> str:
        owner = f" of {self.distribution} {self.version}" if self.distribution else ""
        return f"plugin {self.entry_point}{owner} {'' if self.used else 'is not used: '}{self.error}"


class Plugin(NamedTuple):
    """An entry point that was loaded, and the hooks that it implements."""

    entry_point: str
    distribution: str
    version: str
    module: str
    hooks: tuple[str, ...]


class Registered:
    """Everything that plugins registered, the built-in ones included.

    `dialects` are those of plugins, by model type, safe to read with; `guests` run what else a model of such a type
    needs of its plugin.
    """

    def __init__(self) -> None:
        self.builders: dict[str, RegisteredBuilder] = {}
        self.broken: list[BrokenPlugin] = []
        self.plugins: list[Plugin] = []
        self.dialects: dict[str, Dialect] = {}
        self.guests: dict[str, Guest] = {}
        self.features = KnownFeatures()
        self.lowerings = Lowerings()
        self.owners: dict[tuple[str, str], str] = {}
        """The distribution that brought each thing, by what it is and its name."""
        self.asked: set[str] = set()
        """What the code of plugins' dialects may ask a reader for."""
        self.replaced: dict[str, str] = {}
        """The distribution whose dialect was preferred to the package's own, by model type."""
        self.engines: dict[str, RegisteredEngine] = {}
        """Those of plugins."""

    def guest_of_type(self, spec: ModelSpec) -> Guest | None:
        """Return what runs the code of the plugin whose dialect read a spec, its whole or its language model."""
        return self.guests.get(spec.whole_type) or self.guests.get(spec.model_type)

    def asked_names(self) -> frozenset[str]:
        """Return the names of parameters among the defaults and aliases of plugins' dialects."""
        return frozenset(
            name
            for dialect in self.dialects.values()
            for name in (*dialect.defaults, *dialect.aliases.values())
            if name in self.asked
        )

    def faults(self) -> tuple[BrokenPlugin, ...]:
        """Return what is wrong with plugins, what they put into other modules until now among it."""
        faults = list(self.broken)
        for plugin in self.plugins:
            if plugin.distribution != HOST:
                from llmsim_adapters.plugins.patches import patches  # only plugins need it

                faults += [
                    BrokenPlugin(
                        plugin.entry_point, plugin.distribution, plugin.version, f"replaces {patch}", used=True
                    )
                    for patch in patches(plugin.module.partition(".")[0])
                ]
        return tuple(faults)

    @property
    def plugged_engines(self) -> dict[str, Engine]:
        """The engines of plugins, by name."""
        return {name: entry.engine for name, entry in self.engines.items()}
