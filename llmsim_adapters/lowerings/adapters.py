"""The lowering of adapters."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from llmsim_adapters.lowerings.site import Site
    from llmsim_adapters.spec.components import Adapter


def lower_adapter(adapter: Adapter, site: Site) -> None:
    """Down to the rank, and up; the copies that are not used have weights only."""
    for copy in range(1, adapter.copies):
        site.weight(f"copy_{copy}.down", (adapter.rank, adapter.input_size), "replicated")
        site.weight(f"copy_{copy}.up", (adapter.output_size, adapter.rank), "column")
        if adapter.bias:
            site.weight(f"copy_{copy}.down.bias", (adapter.rank,), "replicated")
            site.weight(f"copy_{copy}.up.bias", (adapter.output_size,), "column")
    site.linear("down", adapter.input_size, adapter.rank, "replicated", bias=adapter.bias)
    site.linear("up", adapter.rank, adapter.output_size, "column", bias=adapter.bias)
    if adapter.bias:  # one that follows a network, and gives the hidden states themselves
        site.gather("up", site.step.tokens, adapter.output_size)
