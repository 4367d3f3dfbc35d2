"""The features that are known in a process: the built-in ones, and those that came with a plugin's component."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from llmsim_adapters.gap import Gap, GapKind
from llmsim_adapters.plugins.isolation import Guest, PluginError
from llmsim_adapters.spec.features import Features, without

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from llmsim_adapters.spec.components import Component
    from llmsim_adapters.spec.features import Feature
    from llmsim_adapters.spec.model import ModelSpec


class _Plugged(NamedTuple):
    feature: Feature[Any]
    component: type[Component]
    guest: Guest


class KnownFeatures:
    """Features by name.

    A plugin's feature belongs to the component that it came with: its code is asked only about specs that have this
    component, isolated, so that it can cost no other model anything.
    """

    def __init__(self) -> None:
        self._built_in = Features()
        self._plugged: dict[str, _Plugged] = {}

    def add(self, feature: Feature[Any], component: type[Component], guest: Guest) -> None:
        """Make the feature of a plugin's component known, under a name that is not taken."""
        self._plugged[feature.name] = _Plugged(feature, component, guest)

    def drop(self, kind: str) -> list[str]:
        """Forget the features of a plugin's kind of component, and return their names."""
        names = [name for name, plugged in self._plugged.items() if plugged.component.kind == kind]
        for name in names:
            del self._plugged[name]
        return names

    def __getitem__(self, name: str) -> Feature[Any]:
        return self._plugged[name].feature if name in self._plugged else self._built_in[name]

    def __contains__(self, name: str) -> bool:
        return name in self._plugged or name in self._built_in

    def __iter__(self) -> Iterator[Feature[Any]]:
        yield from self._built_in
        yield from (plugged.feature for plugged in self._plugged.values())

    def group(self, name: str) -> str | None:
        """Return the kind of component, or the group, that a feature belongs to; None: it is not known."""
        return self._plugged[name].component.kind if name in self._plugged else self._built_in.group(name)

    def among(self, nodes: Iterable[Any]) -> frozenset[str]:
        """Return the names of the built-in features that a spec of these nodes has."""
        return self._built_in.among(nodes)

    def plugged_in(self, nodes: Sequence[Any]) -> tuple[frozenset[str], tuple[Gap, ...]]:
        """Return the names of plugins' features among a spec's nodes, and a gap for each that could not be told."""
        classes = {node.__class__ for node in nodes}
        names, gaps = set(), []
        for name, (feature, component, guest) in self._plugged.items():
            if component not in classes:
                continue
            asked = [node for node in nodes if node.__class__ is feature.on]
            try:
                if guest.run(partial(_any, feature, asked)):
                    names.add(name)
            except PluginError as error:
                gaps.append(Gap(GapKind.PLUGIN_ERROR, name, f"whether the model has it is unknown: {error}"))
        return frozenset(names), tuple(gaps)

    def without(self, spec: ModelSpec, names: Iterable[str]) -> ModelSpec:
        """Return the spec as one that does not have these features.

        Raises:
            PluginError: a plugin's feature could not be removed.
        """
        for name in names:
            if name in self._plugged:
                feature, _, guest = self._plugged[name]
                spec = guest.run(partial(without, spec, feature))
            else:
                spec = self._built_in.without(spec, (name,))
        return spec


def _any(feature: Feature[Any], nodes: Sequence[Any]) -> bool:
    return any(feature.present(node) for node in nodes)
