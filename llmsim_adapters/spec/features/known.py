"""The built-in features: by name, and by the kind of node that has them.

Those of components are in the module of their component's name, which is imported at the first node of such a kind.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from llmsim_adapters.spec.features.feature import MODEL

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from llmsim_adapters.spec.features.feature import Feature
    from llmsim_adapters.spec.model import ModelSpec

MODULES: Final = {
    **{
        f"llmsim_adapters.spec.components.{name}": name
        for name in (
            *("attention", "latent_attention", "compressed_attention", "feed_forward", "linear_attention"),
            *("recurrent", "norms", "ends", "adapters"),
        )
    },
    "llmsim_adapters.spec.model": "model",
}
"""The module with the features of each module of nodes."""


class Features:
    """The built-in features."""

    def __init__(self) -> None:
        self._by_node = _ByNode()

    @cached_property
    def _by_name(self) -> dict[str, Feature[Any]]:
        return {feature.name: feature for name in MODULES.values() for feature in _of(name)}

    def __getitem__(self, name: str) -> Feature[Any]:
        return self._by_name[name]

    def __contains__(self, name: str) -> bool:
        return name in self._by_name

    def __iter__(self) -> Iterator[Feature[Any]]:
        return iter(self._by_name.values())

    def group(self, name: str) -> str | None:
        """Return the kind of component, or the group, that a feature belongs to; None: there is no such feature.

        Of a feature that some spec was found to have this imports nothing.
        """
        feature = self._by_node.met.get(name) or self._by_name.get(name)
        return None if feature is None else feature.group or getattr(feature.on, "kind", MODEL)

    def of(self, spec: ModelSpec) -> frozenset[str]:
        """Return the names of the features that a spec has."""
        return self.among(spec.nodes())

    def among(self, nodes: Iterable[Any]) -> frozenset[str]:
        """Return the names of the features that a spec of these nodes has."""
        by_node = self._by_node
        found = set()
        for node in nodes:
            for name, present in by_node[node.__class__]:
                if name not in found and present(node):
                    found.add(name)
        return frozenset(found)

    def without(self, spec: ModelSpec, names: Iterable[str]) -> ModelSpec:
        """Return the spec as one that does not have these features."""
        for name in names:
            spec = without(spec, self._by_name[name])
        return spec


class _ByNode(dict[type, "list[tuple[str, Callable[[Any], bool]]]"]):
    """Name and test of each feature by the kind of node that it is on; `met` are those of nodes that were asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.met: dict[str, Feature[Any]] = {}

    def __missing__(self, kind: type) -> list[tuple[str, Callable[[Any], bool]]]:
        name = MODULES.get(kind.__module__)
        features = [feature for feature in (() if name is None else _of(name)) if feature.on is kind]
        self.met.update((feature.name, feature) for feature in features)
        found = self[kind] = [(feature.name, feature.present) for feature in features]
        return found


def without(spec: ModelSpec, feature: Feature[Any]) -> ModelSpec:
    """Return the spec as one that does not have a feature; towers keep all of theirs, as no builder is asked of it."""

    def change(node: Any) -> Any:
        return feature.remove(node) if feature.present(node) else node

    if isinstance(spec, feature.on) or not spec.towers:
        return spec.transform(feature.on, change)
    changed = spec.language_model().transform(feature.on, change)
    return replace(changed, stacks=(*changed.stacks, *spec.towers))


def _of(module: str) -> tuple[Feature[Any], ...]:
    features: tuple[Feature[Any], ...] = import_module(f"llmsim_adapters.spec.features.{module}").FEATURES
    return features
