"""The lowering of experts that are found by product keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.traced import ceil_div, minimum

if TYPE_CHECKING:
    from llmsim_adapters.lowerings.site import Site
    from llmsim_adapters.spec.components import RetrievedExperts


def lower_retrieved_experts(retrieved: RetrievedExperts, site: Site) -> None:
    """Each token is multiplied with its experts' rows of one table, and their results with those of the other."""
    hidden, experts, taken = retrieved.hidden_size, retrieved.num_experts, retrieved.num_experts_per_tok
    tokens = site.step.tokens
    site.linear("router", hidden, 2 * retrieved.num_keys, "replicated")
    local, rows, part = site.local_experts(experts, tokens * taken, hidden)
    read, batch = minimum(local, rows) * part, ceil_div(rows, taken)
    site.hand_out("experts", hidden, taken)
    site.bring_back("experts", hidden, taken)
    site.weight("experts.down_embed", (experts, hidden), "experts")
    site.product("experts.down", taken, 1, part, read, batch=batch)
    site.weight("experts.up_embed", (experts, hidden), "experts")
    site.product("experts.up", 1, part, taken, read, batch=batch)
    site.route(experts, taken)
