"""The lowerings of embeddings that every layer has of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.spec.components import Norm

if TYPE_CHECKING:
    from llmsim_adapters.lowerings.site import Site
    from llmsim_adapters.spec.components import PerLayerEmbedding, PerLayerInput


def lower_per_layer_embedding(embedding: PerLayerEmbedding, site: Site) -> None:
    """One look-up and one projection for the vectors of all layers."""
    tokens, joined = site.step.tokens, embedding.layers * embedding.width
    site.weight("weight", (embedding.vocab_size, joined), "vocabulary")
    site.product("lookup", tokens, joined, 0, tokens * joined, kind="lookup")
    site.linear("projection", embedding.hidden_size, joined, "replicated")
    site.norm("projection_norm", Norm(embedding.width), tokens * embedding.layers)


def lower_per_layer_input(module: PerLayerInput, site: Site) -> None:
    site.linear("gate", module.hidden_size, module.width, "replicated")
    site.linear("projection", module.width, module.hidden_size, "replicated")
