"""The lowering of normalisation."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from llmsim_adapters.lowerings.site import Site
    from llmsim_adapters.spec.components import Norm


def lower_norm(norm: Norm, site: Site) -> None:
    site.norm("weight", norm)
