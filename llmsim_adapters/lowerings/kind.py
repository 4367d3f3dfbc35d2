"""A kind of component and its lowering, the pair in which plugins bring them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from llmsim_adapters.lowerings.site import Lowering
    from llmsim_adapters.spec.components import Component
    from llmsim_adapters.spec.features import Feature


class ComponentKind(NamedTuple):
    """A kind of component, what it becomes in a graph, and the features that a spec gets from it."""

    component: type[Component]
    lower: Lowering
    features: tuple[Feature[Any], ...] = ()
