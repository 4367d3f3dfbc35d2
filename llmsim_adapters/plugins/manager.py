"""Finding, checking and registering plugins, each by itself."""

from __future__ import annotations

import os
import re
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import pluggy

from llmsim_adapters.dialects.dialect import Dialect
from llmsim_adapters.dialects.find import built_in
from llmsim_adapters.lowerings.components import BUILT_IN
from llmsim_adapters.lowerings.kind import ComponentKind
from llmsim_adapters.plugins.builder import Builder, Requirements
from llmsim_adapters.plugins.hookspecs import PROJECT, HookSpecs
from llmsim_adapters.plugins.isolation import PluginError, isolated
from llmsim_adapters.spec.components import Component
from llmsim_adapters.spec.features import Features
from llmsim_adapters.text import printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from llmsim_adapters.lowerings.site import Lowering

ONLY: Final = "LLMSIM_ADAPTERS_PLUGINS"
"""Environment variable: empty loads the built-in builders only; a comma list, only what it names, beside them."""
DISABLE: Final = "LLMSIM_ADAPTERS_DISABLE"
"""Environment variable: a comma list of what is not loaded."""

HOST: Final = "llmsim-adapters"
_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,63}")


class RegisteredBuilder(NamedTuple):
    """A builder and the distribution that brought it."""

    name: str
    builder: Builder
    distribution: str
    version: str

    @property
    def requirements(self) -> Requirements:
        """What the builder declares."""
        return self.builder.requirements

    @property
    def built_in(self) -> bool:
        """Whether this package itself brought it."""
        return self.distribution == HOST


class BrokenPlugin(NamedTuple):
    """A plugin, or a part of one, that is not used, and why."""

    entry_point: str
    distribution: str
    version: str
    error: str


class Registered:
    """Everything that plugins registered, the built-in ones included."""

    def __init__(self) -> None:
        self.builders: dict[str, RegisteredBuilder] = {}
        self.broken: list[BrokenPlugin] = []
        self.dialects: dict[str, Dialect] = {}
        self.features = Features()
        self.lowerings: dict[type, Lowering] = dict(BUILT_IN)


@cache
def registered() -> Registered:
    """Return what the installed plugins register; they are loaded once per process, at the first call."""
    return load(entry_points(group=PROJECT), os.environ)


def load(found: Iterable[EntryPoint], environment: Mapping[str, str]) -> Registered:
    """Load plugins one by one and return what they register.

    This package's own entry point comes first, so that no plugin can take a built-in builder's name; the others
    follow by distribution and name. What is wrong with one of them is noted and costs the others nothing.
    """
    manager = pluggy.PluginManager(PROJECT)
    manager.add_hookspecs(HookSpecs)
    result = Registered()
    for entry_point in sorted(found, key=lambda e: (_distribution(e)[0] != HOST, *_distribution(e), e.name)):
        distribution, version = _distribution(entry_point)
        if distribution == HOST or _wanted(entry_point.name, distribution, environment):
            loader = _Loader(manager, entry_point, distribution, version, result)
            try:
                loader.load()
            except PluginError as error:
                loader.broken(str(error))
    return result


def _distribution(entry_point: EntryPoint) -> tuple[str, str]:
    if entry_point.dist is None:
        return "unknown", "unknown"
    return printable(entry_point.dist.name, 80), printable(entry_point.dist.version, 40)


def _wanted(name: str, distribution: str, environment: Mapping[str, str]) -> bool:
    names = {name, distribution}
    if names & _listed(environment.get(DISABLE, "")):
        return False
    return ONLY not in environment or bool(names & _listed(environment[ONLY]))


def _listed(text: str) -> set[str]:
    return {name.strip() for name in text.split(",") if name.strip()}


class _Loader:
    """Loads one entry point."""

    def __init__(
        self,
        manager: pluggy.PluginManager,
        entry_point: EntryPoint,
        distribution: str,
        version: str,
        result: Registered,
    ) -> None:
        self._manager, self._entry_point, self._result = manager, entry_point, result
        self._distribution, self._version = distribution, version

    def load(self) -> None:
        plugin = isolated(self._entry_point.load)
        name = f"{self._distribution}:{self._entry_point.name}"
        try:
            self._manager.register(plugin, name=name)
        except (pluggy.PluginValidationError, ValueError, TypeError) as error:
            raise PluginError(printable(error, 400)) from error
        for caller in self._manager.get_hookcallers(plugin) or ():
            if caller.spec is None:
                self._manager.unregister(plugin)
                message = f"implements the hook `{printable(caller.name)}`, which does not exist; {_known_hooks()}"
                raise PluginError(message)
        for hook, accept in (
            ("llmsim_register_components", self._component),
            ("llmsim_register_dialects", self._dialect),
            ("llmsim_register_builders", self._builder),
        ):
            for implementation in getattr(self._manager.hook, hook).get_hookimpls():
                if implementation.plugin is not plugin:
                    continue
                answer = isolated(implementation.function)
                if not isinstance(answer, (list, tuple)):
                    message = f"hook `{hook}` returned {type(answer).__name__}; expected a list"
                    raise PluginError(message)
                for item in answer:
                    accept(item)

    def broken(self, error: str) -> None:
        """Note that the plugin, or one of the things that it brings, is not used."""
        name = printable(self._entry_point.name, 80)
        self._result.broken.append(BrokenPlugin(name, self._distribution, self._version, error))

    def _component(self, kind: Any) -> None:
        if not isinstance(kind, ComponentKind) or not (
            isinstance(kind.component, type) and issubclass(kind.component, Component) and callable(kind.lower)
        ):
            self.broken(f"{printable(repr(kind))} is not a ComponentKind of a Component and its lowering")
            return
        if kind.component in self._result.lowerings or any(
            known.kind == kind.component.kind for known in self._result.lowerings if issubclass(known, Component)
        ):
            self.broken(f"component `{printable(kind.component.kind)}` has a lowering already")
            return
        for feature in kind.features:
            if feature.name in self._result.features:
                self.broken(f"feature `{printable(feature.name)}` is known already")
            else:
                self._result.features.add(feature)
        self._result.lowerings[kind.component] = kind.lower

    def _dialect(self, dialect: Any) -> None:
        if not isinstance(dialect, Dialect):
            self.broken(f"{printable(repr(dialect))} is not a Dialect")
        elif built_in(dialect.model_type) is not None or dialect.model_type in self._result.dialects:
            self.broken(f"model type `{printable(dialect.model_type)}` has a dialect already")
        else:
            self._result.dialects[dialect.model_type] = dialect

    def _builder(self, builder: Any) -> None:
        if not (isinstance(builder, type) and issubclass(builder, Builder)):
            self.broken(f"{printable(repr(builder))} is not a subclass of llmsim_adapters.Builder")
            return
        name = getattr(builder, "name", None)
        if not isinstance(name, str) or not _NAME.fullmatch(name):
            self.broken(f"builder name {printable(repr(name))}: expected lower-case letters, digits and underscores")
            return
        owner = self._result.builders.get(name)
        if owner is not None:
            self.broken(f"builder name `{name}` is taken by {owner.distribution} {owner.version}; choose another name")
            return
        if not isinstance(getattr(builder, "requirements", None), Requirements):
            self.broken(f"builder `{name}` has no `requirements` of type Requirements")
            return
        try:
            instance = isolated(builder)
        except PluginError as error:
            self.broken(f"builder `{name}` can't be instantiated: {error}")
            return
        self._result.builders[name] = RegisteredBuilder(name, instance, self._distribution, self._version)


def _known_hooks() -> str:
    return "hooks are " + ", ".join(name for name in vars(HookSpecs) if name.startswith("llmsim_"))
