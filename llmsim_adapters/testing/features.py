"""Models by their features, and what of their graphs a feature can change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeAlias

from llmsim_adapters.plugins.manager import registered
from llmsim_adapters.spec.category import language_category

if TYPE_CHECKING:
    from collections.abc import Mapping

    from llmsim_adapters.graph.graph import OperatorGraph
    from llmsim_adapters.plugins.requirements import Requirements
    from llmsim_adapters.spec.model import ModelSpec

ByFeature: TypeAlias = "dict[str, list[tuple[str, ModelSpec]]]"

_LONG: Final = 9001


def features_in(spec: ModelSpec) -> frozenset[str]:
    """Return the names of the features of a spec's language model, those of plugins' components among them."""
    known, nodes = registered().features, [spec, *spec.language_model().nodes()]
    return known.among(nodes) | known.plugged_in(nodes)[0]


def by_feature(specs: Mapping[str, ModelSpec | None]) -> ByFeature:
    """Return named specs by the features that they have."""
    found: ByFeature = {}
    for name, spec in specs.items():
        if spec is not None:
            for feature in features_in(spec):
                found.setdefault(feature, []).append((name, spec))
    return found


def in_full(specs: Mapping[str, ModelSpec], requirements: Requirements) -> dict[str, ModelSpec]:
    """Return those of named specs that are of a builder's categories and have no feature beyond its own."""
    return {
        name: spec
        for name, spec in specs.items()
        if language_category(spec, spec.language_model().nodes()) in requirements.categories
        and not features_in(spec) - requirements.features
    }


def entries(graphs: list[OperatorGraph]) -> list[Any]:
    """Return everything that graphs are made of."""
    return [(graph.operators, graph.weights, graph.caches, graph.routing) for graph in graphs]


def totals(graphs: list[OperatorGraph]) -> list[Any]:
    """Return the figures of graphs."""
    return [
        (graph.totals(), graph.kv_cache_elements(_LONG), sum(operator.bytes for operator in graph.operators))
        for graph in graphs
    ]
