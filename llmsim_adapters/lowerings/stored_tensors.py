"""Tensors of which nobody knows what they do: stored, on every rank, and in no product."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from llmsim_adapters.lowerings.site import Site
    from llmsim_adapters.spec.components import StoredTensors


def lower_stored_tensors(tensors: StoredTensors, site: Site) -> None:
    for number, shape in enumerate(tensors.shapes, start=1):
        site.weight(f"tensor_{number}", shape, "replicated")
