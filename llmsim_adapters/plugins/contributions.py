"""What a plugin may bring, and what each thing of it has to be to be registered."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Any, Final, Protocol

from llmsim_adapters import __version__
from llmsim_adapters.dialects.reading.dialect import Dialect
from llmsim_adapters.dialects.reading.find import built_in
from llmsim_adapters.engines.built_in import NAMES as ENGINES
from llmsim_adapters.engines.engine import Engine, EngineOption
from llmsim_adapters.engines.rules import Rule
from llmsim_adapters.lowerings.kind import ComponentKind
from llmsim_adapters.plugins.builder import Builder
from llmsim_adapters.plugins.dialects import guarded
from llmsim_adapters.plugins.features_of import FeaturesOf
from llmsim_adapters.plugins.isolation import PluginError, type_name
from llmsim_adapters.plugins.registered import HOST, RegisteredBuilder, RegisteredEngine
from llmsim_adapters.plugins.requirements import Requirements
from llmsim_adapters.spec.components import Component, every_kind
from llmsim_adapters.spec.features import Feature
from llmsim_adapters.spec.model import Block, ModelSpec, Stack, Sublayer
from llmsim_adapters.text import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Set

    from llmsim_adapters.plugins.isolation import Guest
    from llmsim_adapters.plugins.registered import Registered

PREFER: Final = "LLMSIM_ADAPTERS_PREFER"
"""Environment variable: a comma list, named as in `ONLY`, of plugins that come first where several bring one name; and
whose dialects take the place of the package's own."""
_MODEL_TYPE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.\-]*")
_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,63}")


class Source(Protocol):
    """The plugin that brings things, and whether it is preferred to others."""

    distribution: str
    version: str
    preferred: bool
    package: str

    def doubt(self, said: str) -> None:
        """Note what can't be meant so, though the plugin is used."""


class Contributions:
    """Checks what one distribution's plugin brings.

    The checks run isolated: whatever a plugin's objects do when they are looked at is the plugin's error. They return
    what registers the thing, for the host to call: code that was abandoned must not register it later.
    """

    def __init__(self, plugin: Source, guest: Callable[[], Guest], result: Registered) -> None:
        """`guest` makes what runs the code of one thing, so that none waits for another one that hangs."""
        self._distribution, self._version, self._preferred = plugin.distribution, plugin.version, plugin.preferred
        self._package, self._doubt = plugin.package, plugin.doubt
        self._guest, self._result = guest, result

    def _free(self, what: str, name: str, *, built_in: bool) -> Callable[[], None]:
        """Return what notes whose a name is.

        Raises:
            PluginError: it is somebody else's; the message says whose, and what to do.
        """
        owner = f"{HOST} {__version__}" if built_in else self._result.owners.get((what, name))
        if owner is not None:
            replaceable = not built_in or what == "model type"
            ours = printable(self._distribution, 80)
            advice = f"{PREFER}={ours} takes this one instead" if replaceable else "choose another name"
            message = f"{what} `{name}` is taken by {owner}; {advice}"
            raise PluginError(message)
        return partial(self._result.owners.__setitem__, (what, name), f"{self._distribution} {self._version}")

    def component(self, kind: Any) -> Callable[[], None]:
        """Check a kind of component, its lowering and its features."""
        if not isinstance(kind, ComponentKind):
            raise _not("a ComponentKind", kind)
        component, lower, features = kind
        if not (isinstance(component, type) and issubclass(component, Component)):
            raise _not("a subclass of Component", component)
        name = _name("component kind", component.kind)
        if not callable(lower):
            raise _not(f"a lowering of component `{name}`", lower)
        from llmsim_adapters.plugins.checked_site import checking  # only plugins need it

        built_in = name in {kind.kind for kind in every_kind()}
        own = self._free("component", name, built_in=built_in)
        if component in self._result.lowerings:
            message = f"component `{name}` has a lowering already"
            raise PluginError(message)
        if not isinstance(features, tuple):
            raise _not(f"a tuple of the features of component `{name}`", features)
        checked = [self._feature(feature) for feature in features]

        def register() -> None:
            own()
            self._result.lowerings[component] = checking(lower)
            for feature in checked:
                self._free("feature", feature.name, built_in=False)()
                self._result.features.add(feature, component, self._guest())

        return register

    def _feature(self, feature: Any) -> Feature[Any]:
        if type(feature) is not Feature:
            raise _not("a Feature", feature)
        name = _name("feature name", feature.name)
        self._free(
            "feature", name, built_in=("feature", name) not in self._result.owners and name in self._result.features
        )
        nodes = (ModelSpec, Stack, Block, Sublayer, Component)
        if not (isinstance(feature.on, type) and issubclass(feature.on, nodes)):
            raise _not(f"the kind of node that feature `{name}` is on", feature.on)
        if not (callable(feature.present) and callable(feature.remove)):
            message = f"feature `{name}`: `present` and `remove` are functions of a node"
            raise PluginError(message)
        reason = feature.costless
        return Feature(
            name,
            printable(feature.summary),
            feature.on,
            feature.present,
            feature.remove,
            None if reason is None else printable(reason),
        )

    def dialect(self, dialect: Any) -> Callable[[], None]:
        """Check a dialect, which then reads isolated."""
        from llmsim_adapters.plugins.doubts import asked_of, of_dialect, place  # only plugins need it

        if not isinstance(dialect, Dialect):
            raise _not("a Dialect", dialect)
        model_type = dialect.model_type
        if not isinstance(model_type, str) or not model_type:
            raise _not("the model type of a dialect", model_type)
        if not _MODEL_TYPE.fullmatch(model_type):
            name = f"{printable(repr(model_type), 80)}{place(model_type, self._package)}"
            message = f"model type {name}: expected letters, digits, `_`, `-` and `.`"
            raise PluginError(message)
        if not callable(dialect.read):
            read, name = printable(repr(dialect.read), 60), f"`{model_type}`{place(model_type, self._package)}"
            message = f"dialect {name}: `read` is {read}; expected a function of a reader that returns a spec"
            raise PluginError(message)
        replaces = built_in(model_type) is not None
        own = self._free("model type", printable(model_type), built_in=replaces and not self._preferred)
        safe = guarded(dialect, self._guest(), self._result.lowerings)
        doubts = tuple(of_dialect(dialect, self._package))
        asked = asked_of(dialect, self._package) or ()

        def register() -> None:
            own()
            self._result.asked.update(asked)
            for doubt in doubts:
                self._doubt(doubt)
            if replaces:
                self._result.replaced[safe.model_type] = f"{self._distribution} {self._version}"
            self._result.dialects[safe.model_type] = safe
            self._result.guests[safe.model_type] = self._guest()

        return register

    def engine(self, engine: Any) -> Callable[[], None]:
        """Check an engine: its name, its options and the kinds of its rules."""
        if type(engine) is not Engine:
            raise _not("an Engine", engine)
        name = _name("engine name", engine.name)
        own = self._free("engine name", name, built_in=name in ENGINES)
        for what, items, kind in (("options", engine.options, EngineOption), ("rules", engine.rules, Rule)):
            if not isinstance(items, tuple) or not all(isinstance(item, kind) for item in items):
                raise _not(f"the {what} of engine `{name}`, a tuple of {kind.__name__}", items)
        for text in (engine.version, engine.summary):
            if not _is_text(text):
                raise _not(f"a text of engine `{name}`", text)
        if not (engine.registers is None or isinstance(engine.registers, frozenset)):
            raise _not(f"the architectures of engine `{name}`, a frozenset", engine.registers)
        for option in engine.options:
            _check_option(name, option)
        for rule in engine.rules:
            _check_rule(name, rule)
        entry = RegisteredEngine(name, engine, self._distribution, self._version, self._guest())

        def register() -> None:
            own()
            self._result.engines[name] = entry

        return register

    def builder(self, builder: Any) -> Callable[[], None]:
        """Check a builder and what it declares."""
        if not (isinstance(builder, type) and issubclass(builder, Builder)):
            raise _not("a subclass of llmsim_adapters.Builder", builder)
        name = _name("builder name", getattr(builder, "name", None))
        owner = self._result.builders.get(name)
        own = self._free("builder name", name, built_in=owner is not None and owner.built_in)
        declared = getattr(builder, "requirements", None)
        if not isinstance(declared, Requirements):
            message = f"builder `{name}`: `requirements` is {type_name(declared)}; expected Requirements"
            raise PluginError(message)
        instance = builder()
        if not isinstance(instance, builder):
            raise _not(f"builder `{name}`", instance)
        builds_itself = getattr(instance.build, "__func__", None) is not Builder.build
        entry = RegisteredBuilder(
            name,
            instance,
            self._distribution,
            self._version,
            Requirements(
                categories=declared.categories,
                parameters=declared.parameters,
                components=declared.components,
                features=self._modelled(name, declared.features, builds_itself),
                parameters_of=declared.parameters_of,
            ),
            self._guest(),
            claims_itself=getattr(instance.claim, "__func__", None) is not Builder.claim,
            builds_itself=builds_itself,
        )
        doubts: tuple[str, ...] = ()
        if self._distribution != HOST:  # the suite holds the package's own to what there is
            from llmsim_adapters.plugins.doubts import of_builder

            doubts = tuple(of_builder(name, entry.requirements, self._result, self._package))

        def register() -> None:
            own()
            self._result.builders[name] = entry
            for doubt in doubts:
                self._doubt(doubt)

        return register

    def _modelled(self, name: str, features: Set[str], builds_itself: bool) -> Set[str]:
        if not isinstance(features, FeaturesOf):
            return features
        if builds_itself:
            message = (
                f"builder `{name}` overrides `build`, and `features_of` says what the host's lowerings model; "
                "list the features that it models by name"
            )
            raise PluginError(message)
        return features.among(self._result.features)


def _check_option(engine: str, option: EngineOption) -> None:
    _name(f"option of engine `{engine}`", option.name)
    plain = (option.default, *option.choices) if isinstance(option.choices, tuple) else ()
    known = all(isinstance(value, (bool, int, str)) for value in plain) and isinstance(option.least, int | None)
    if not plain or not known or not _is_text(option.meaning):
        raise _not(f"option `{option.name}` of engine `{engine}`, of plain values and a meaning", option)


def _check_rule(engine: str, rule: Rule) -> None:
    texts = rule.name, rule.source, rule.note
    about = rule.architectures, rule.but
    if not all(map(_is_text, texts)) or not all(isinstance(names, frozenset) for names in about):
        raise _not(f"a rule of engine `{engine}`, of texts and frozensets of architectures", rule)
    if not (rule.when is None or callable(rule.when)):
        raise _not(f"`when` of rule `{printable(rule.name, 60)}` of engine `{engine}`, a function", rule.when)


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and value.isprintable()


def _name(what: str, name: Any) -> str:
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        message = f"{what} {printable(repr(name), 80)}: expected lower-case letters, digits and underscores"
        raise PluginError(message)
    return str.__str__(name)


def _not(expected: str, found: Any) -> PluginError:
    return PluginError(f"{printable(repr(found), 80)} is not {expected}")
