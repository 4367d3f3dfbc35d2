"""The documents about plugins, and about the words that they are written with."""

from __future__ import annotations

from typing import Literal

from llmsim_adapters.documents.strict import Strict


class FaultDocument(Strict):
    """A plugin, or a part of one, that is not used; or is `used` and does what it should not."""

    entry_point: str
    distribution: str
    version: str
    error: str
    used: bool


class HookDocument(Strict):
    """A hook that a plugin implements, and the version that it is there since."""

    name: str
    since: str


class PluginDocument(Strict):
    """An entry point that was loaded."""

    entry_point: str
    distribution: str
    version: str
    module: str
    hooks: list[HookDocument]


class BroughtDocument(Strict):
    """A thing that is registered, and the distribution that brought it."""

    name: str
    owner: str


class PluginsDocument(Strict):
    """The output of `llmsim-adapters plugins`."""

    schema_version: Literal[1]
    plugins: list[PluginDocument]
    dialects: list[BroughtDocument]
    components: list[BroughtDocument]
    builders: list[BroughtDocument]
    engines: list[BroughtDocument]
    towers: list[BroughtDocument]
    faults: list[FaultDocument]


class ProblemDocument(Strict):
    """Something that is wrong with a plugin."""

    plugin: str
    problem: str


class CheckDocument(Strict):
    """The output of `llmsim-adapters check`."""

    schema_version: Literal[1]
    checked: list[str]
    problems: list[ProblemDocument]


class SpellingDocument(Strict):
    """Another spelling of a parameter, and what uses it."""

    name: str
    of: str


class ParameterNameDocument(Strict):
    """A canonical parameter."""

    name: str
    spellings: list[SpellingDocument]


class FeatureNameDocument(Strict):
    """A feature, the kind of component or the group that it is of, and what it means."""

    name: str
    group: str
    meaning: str


class ComponentFieldDocument(Strict):
    """A field of a component."""

    name: str
    type: str
    required: bool


class ComponentNameDocument(Strict):
    """A kind of component, its class, and the class's fields."""

    name: str
    class_name: str
    fields: list[ComponentFieldDocument]


class NamesDocument(Strict):
    """The output of `llmsim-adapters names`."""

    schema_version: Literal[1]
    parameters: list[ParameterNameDocument]
    features: list[FeatureNameDocument]
    components: list[ComponentNameDocument]
