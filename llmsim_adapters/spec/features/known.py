"""The features that are known, by name."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, Final

from llmsim_adapters.spec.features import attention, feed_forward, linear_attention, model, recurrent

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from llmsim_adapters.spec.features.feature import Feature
    from llmsim_adapters.spec.model import ModelSpec

BUILT_IN: Final[tuple[Feature[Any], ...]] = (
    *attention.FEATURES,
    *feed_forward.FEATURES,
    *linear_attention.FEATURES,
    *recurrent.FEATURES,
    *model.FEATURES,
)


class Features:
    """The features that are known in a process: the built-in ones and those of plugins."""

    def __init__(self, features: Iterable[Feature[Any]] = BUILT_IN) -> None:
        self._by_name: dict[str, Feature[Any]] = {}
        self._by_node: defaultdict[type, list[tuple[str, Callable[[Any], bool]]]] = defaultdict(list)
        for feature in features:
            self.add(feature)

    def add(self, feature: Feature[Any]) -> None:
        """Make a feature known.

        Raises:
            ValueError: a feature of this name is known already.
        """
        if feature.name in self._by_name:
            message = f"feature `{feature.name}` is defined twice"
            raise ValueError(message)
        self._by_name[feature.name] = feature
        self._by_node[feature.on].append((feature.name, feature.present))

    def __getitem__(self, name: str) -> Feature[Any]:
        return self._by_name[name]

    def __contains__(self, name: str) -> bool:
        return name in self._by_name

    def __iter__(self) -> Iterator[Feature[Any]]:
        return iter(self._by_name.values())

    def of(self, spec: ModelSpec) -> frozenset[str]:
        """Return the names of the features that a spec has."""
        return self.among(spec.nodes())

    def among(self, nodes: Iterable[Any]) -> frozenset[str]:
        """Return the names of the features that a spec of these nodes has."""
        by_node: Mapping[type, list[tuple[str, Callable[[Any], bool]]]] = self._by_node
        found = set()
        for node in nodes:
            for name, present in by_node.get(node.__class__, ()):
                if name not in found and present(node):
                    found.add(name)
        return frozenset(found)

    def without(self, spec: ModelSpec, names: Iterable[str]) -> ModelSpec:
        """Return the spec as one that does not have these features."""
        for name in names:
            feature = self._by_name[name]

            def change(node: Any, feature: Feature[Any] = feature) -> Any:
                return feature.remove(node) if feature.present(node) else node

            spec = spec.transform(feature.on, change)
        return spec
