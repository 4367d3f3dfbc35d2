"""The lowerings of several hidden states for each token."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.spec.components import Norm

if TYPE_CHECKING:
    from llmsim_adapters.lowerings.site import Site
    from llmsim_adapters.spec.components import AlternatingUpdates, StreamProjections


def lower_alternating_updates(updates: AlternatingUpdates, site: Site) -> None:
    """The router runs twice, to predict and to correct; the prediction mixes the streams token by token."""
    hidden, streams, tokens = updates.hidden_size, updates.streams, site.step.tokens
    site.norm("router_norm", Norm(hidden), 2 * tokens)
    site.linear("router", hidden, streams, "replicated", rows=2 * tokens, quantized=False)
    site.linear("prediction", streams, streams * streams, "replicated", quantized=False)
    site.product("mix", hidden, streams, streams, tokens * streams * streams, site.step.dtype, batch=tokens)
    site.linear("correction", streams, streams, "replicated", quantized=False)
    site.weight("scale", (hidden,), "replicated")


def lower_stream_projections(projections: StreamProjections, site: Site) -> None:
    for i in range(projections.count):
        site.linear(f"projection_{i}", projections.hidden_size, projections.hidden_size, "replicated")
