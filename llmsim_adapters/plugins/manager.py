"""Finding, checking and registering plugins, each by itself."""

from __future__ import annotations

import copyreg
import inspect
import os
import re
import threading
import warnings
from functools import partial
from typing import TYPE_CHECKING, Any, Final, TypeVar

import pluggy

from llmsim_adapters import streams
from llmsim_adapters.plugins.alone import BuiltIn, built_in_alone
from llmsim_adapters.plugins.contributions import PREFER, Contributions
from llmsim_adapters.plugins.engines import engines_of
from llmsim_adapters.plugins.hookspecs import PROJECT, HookSpecs
from llmsim_adapters.plugins.isolation import DISABLE, Guest, PluginError, refuse_plugins, type_name
from llmsim_adapters.plugins.registered import (
    HOST,
    BrokenPlugin,
    Plugin,
    PluginWarning,
    Registered,
    RegisteredBuilder,
    RegisteredEngine,
)
from llmsim_adapters.text import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from importlib.metadata import Distribution, EntryPoint

    from llmsim_adapters.plugins.alone import Described
    from llmsim_adapters.plugins.files import FilePoint


ONLY: Final = "LLMSIM_ADAPTERS_PLUGINS"
"""Environment variable: a comma list of what is loaded beside the built-in builders; empty: nothing; unset: all.

Names are those of entry points or of distributions, whose case and punctuation don't matter.
"""

HOOKS: Final = tuple(name for name in vars(HookSpecs) if name.startswith("llmsim_"))
"""The names of the hooks, in the order in which they are called."""
_MARKER: Final = f"{PROJECT}_impl"

_Result = TypeVar("_Result")

_tried: list[FilePoint] = []
_loading = threading.Lock()
_loaded: Registered | None = None


def registered() -> Registered:
    """Return what the installed plugins register; they are loaded once per process, at the first call."""
    global _loaded
    faults: tuple[BrokenPlugin, ...] = ()
    if _loaded is None:
        refuse_plugins("ask for the builders before they are loaded")
        with _loading:
            if _loaded is None:
                entry_points, broken = installed()
                result = load(entry_points, os.environ, _tried)
                result.broken += broken
                _loaded = result
                faults = result.faults()
    if not streams.in_command():  # which says so itself, with every answer
        for fault in faults:
            warnings.warn(str(fault), PluginWarning, stacklevel=2)
    return _loaded


def try_plugin(path: str | os.PathLike[str]) -> list[FilePoint]:
    """Load the plugin of a file or of a project's folder, too, before those that are installed.

    Raises:
        NoPlugin: there is none.
    """
    from llmsim_adapters.plugins.files import points  # only this needs it

    found = points(path)
    _tried.extend(found)
    return found


def _of_this_process(name: str) -> RegisteredBuilder:
    """Return a builder that was pickled: by its name, since it is code."""
    found = registered().builders.get(name)
    if found is None:
        message = f"builder {printable(name)} is not registered in this process"
        raise PluginError(message)
    return found


def _engine_of_this_process(name: str) -> RegisteredEngine:
    """Return an engine that was pickled: by its name, since it is code."""
    found = next((entry for entry in engines_of(registered()) if entry.name == name), None)
    if found is None:
        message = f"engine {printable(name)} is not registered in this process"
        raise PluginError(message)
    return found


copyreg.pickle(RegisteredBuilder, lambda builder: (_of_this_process, (builder.name,)))
copyreg.pickle(RegisteredEngine, lambda engine: (_engine_of_this_process, (engine.name,)))


def installed() -> tuple[list[EntryPoint | BuiltIn], list[BrokenPlugin]]:
    """Return the installed entry points, and the distributions whose list of them can't be read.

    `importlib.metadata.entry_points` reads all distributions in one go, and one bad file fails them all.
    """
    alone = built_in_alone()
    if alone is not None:
        return [alone], []
    from importlib.metadata import distributions  # which takes long, and most people have no plugin

    found: list[EntryPoint | BuiltIn] = []
    broken = []
    seen = set()
    for distribution in distributions():
        try:
            text = distribution.read_text("entry_points.txt")
        except (OSError, ValueError):
            continue  # whose it is can't be told
        if text is None or PROJECT not in text:
            continue
        name, version = _identity(distribution)
        if _normal(name) not in seen:  # the first one on the path is the one that gets imported
            seen.add(_normal(name))
            try:
                found += distribution.entry_points.select(group=PROJECT)
            except Exception as error:
                broken.append(BrokenPlugin("", name, version, f"entry_points.txt: {printable(error)}"))
    return found, broken


def load(
    found: Iterable[EntryPoint | BuiltIn], environment: Mapping[str, str], tried: Sequence[FilePoint] = ()
) -> Registered:
    """Load plugins one by one and return what they register.

    This package's own entry point comes first, so that no plugin can take a built-in builder's name; then those that
    are preferred, in the order of the list; the others follow by distribution and name. What is wrong with one of them
    is noted and costs the others nothing. Those that are `tried` come before all others but the built-in one, and in
    place of what is installed under the same name.
    """
    result = Registered()
    preferred = _listed(environment.get(PREFER, ""))
    plugins = [_Plugin(entry_point, *_identity(entry_point.dist), result) for entry_point in found]
    replaced = {_normal(point.distribution) for point in tried}
    plugins = [plugin for plugin in plugins if _normal(plugin.distribution) not in replaced]

    def place(plugin: _Plugin) -> tuple[bool, int, str, str, str]:
        at = min((preferred.index(name) for name in plugin.names if name in preferred), default=len(preferred))
        plugin.preferred = at < len(preferred)
        return plugin.distribution != HOST, at, plugin.distribution, plugin.version, plugin.name

    plugins.sort(key=place)
    at_home = sum(plugin.distribution == HOST for plugin in plugins)
    plugins[at_home:at_home] = [
        _Plugin(point, point.distribution, "(not installed)", result, tried=True) for point in tried
    ]
    for plugin in plugins:
        if plugin.distribution == HOST or plugin.tried or _wanted(plugin.names, environment):
            plugin.load()
    known = {name for plugin in plugins for name in plugin.names}
    for variable in (ONLY, DISABLE, PREFER):
        for name in sorted(set(_listed(environment.get(variable, ""))) - known):
            from llmsim_adapters.spelling import meant

            said = f"{variable} names it, and no plugin of this name is installed{meant(name, known)}"
            result.broken.append(BrokenPlugin(printable(name, 80), "", "", said))
    return result


def _identity(distribution: Distribution | Described | None) -> tuple[str, str]:
    """Return name and version, where there is metadata that says so."""
    if distribution is None:
        return "unknown", "unknown"
    try:
        metadata: Any = distribution.metadata
        name, version = metadata.get("Name"), metadata.get("Version")
    except Exception:
        return "unknown", "unknown"
    name = HOST if _normal(name or "") == HOST else name
    return printable(name or "unknown", 80), printable(version or "unknown", 40)


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _wanted(names: set[str], environment: Mapping[str, str]) -> bool:
    if names.intersection(_listed(environment.get(DISABLE, ""))):
        return False
    return ONLY not in environment or bool(names.intersection(_listed(environment[ONLY])))


def _listed(text: str) -> list[str]:
    return [_normal(name.strip()) for name in text.split(",") if name.strip()]


class _Plugin:
    """One entry point, and the loading of what it names."""

    def __init__(
        self,
        entry_point: EntryPoint | BuiltIn | FilePoint,
        distribution: str,
        version: str,
        result: Registered,
        *,
        tried: bool = False,
    ) -> None:
        self.name = printable(entry_point.name, 80)
        self.distribution, self.version = distribution, version
        self.names = {_normal(entry_point.name), _normal(distribution)}
        self.preferred, self.tried = False, tried
        self.package = entry_point.module.partition(".")[0]
        self._entry_point, self._result = entry_point, result

    def load(self) -> None:
        """Register what the plugin brings, and note what of it can't be used."""
        loaded = self._try("import", lambda: (self._entry_point.load(),))
        hooks = {} if loaded is None else self._try("hooks", lambda: _hooks(loaded[0])) or {}
        if hooks and loaded and self.distribution != HOST:
            for doubt in self._try("hooks", lambda: _unmarked(loaded[0])) or ():
                self.doubt(doubt)
        module = self._entry_point.module
        self._result.plugins.append(Plugin(self.name, self.distribution, self.version, module, tuple(sorted(hooks))))
        brought = Contributions(self, self._guest, self._result)
        for hook, check in (
            ("llmsim_register_components", brought.component),
            ("llmsim_register_dialects", brought.dialect),
            ("llmsim_register_engines", brought.engine),
            ("llmsim_register_builders", brought.builder),
        ):
            for implementation in hooks.get(hook, ()):
                for item in self._try(hook, partial(_items, implementation)) or ():
                    register = self._try(hook, partial(check, item))
                    if register is not None:
                        register()

    def doubt(self, said: str) -> None:
        """Note what can't be meant so, though the plugin is used."""
        self._result.broken.append(BrokenPlugin(self.name, self.distribution, self.version, said, used=True))

    def _try(self, step: str, call: Callable[[], _Result]) -> _Result | None:
        try:
            return self._guest().run(call)
        except PluginError as error:
            said = str(error).removeprefix(f"{self._label}: ")
            self._result.broken.append(BrokenPlugin(self.name, self.distribution, self.version, f"{step}: {said}"))
            return None

    @property
    def _label(self) -> str:
        return f"{self.distribution} {self.version}"

    def _guest(self) -> Guest:
        return Guest(self._label, at_home=self.distribution == HOST)


def _hooks(plugin: Any) -> dict[str, list[Callable[[], Any]]]:
    """Return a plugin's implementations of each hook.

    A manager for each plugin: one that is abandoned half-way is in nobody's way.
    """
    manager = pluggy.PluginManager(PROJECT)
    manager.add_hookspecs(HookSpecs)
    try:
        manager.register(plugin)
    except pluggy.PluginValidationError as error:
        raise PluginError(printable(" ".join(str(error).split()), 400)) from error
    callers = manager.get_hookcallers(plugin) or []
    known = f"hooks are {', '.join(HOOKS)}"
    for caller in callers:
        if caller.spec is None and not all(each.optionalhook for each in caller.get_hookimpls()):
            from llmsim_adapters.spelling import meant

            name = printable(caller.name)
            message = f"implements the hook `{name}`, which does not exist{meant(name, HOOKS)}; {known}"
            raise PluginError(message)
    if not callers:
        forgotten = "; ".join(_unmarked(plugin))
        message = f"implements no hook: {forgotten}" if forgotten else f"implements no hook; {known}"
        raise PluginError(message)
    return {caller.name: [each.function for each in caller.get_hookimpls()] for caller in callers}


def _unmarked(plugin: Any) -> list[str]:
    from llmsim_adapters.plugins.doubts import unmarked  # only plugins need it

    return list(unmarked(plugin, HOOKS, _MARKER))


def _items(hook: Callable[[], Any]) -> list[Any]:
    answer = hook()
    if not isinstance(answer, (list, tuple)):
        if inspect.isgenerator(answer):
            answer.close()
        message = f"returned {type_name(answer)}; expected a list"
        raise PluginError(message)
    return list(answer)
