"""From components to weights, operators and caches; from a spec to a graph."""

from llmsim_adapters.lowerings.kind import ComponentKind
from llmsim_adapters.lowerings.site import Lowering, Site
from llmsim_adapters.lowerings.wiring import Wire, wire

__all__ = ["ComponentKind", "Lowering", "Site", "Wire", "wire"]
