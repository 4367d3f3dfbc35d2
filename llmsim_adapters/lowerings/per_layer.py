"""The lowerings of embeddings that layers have of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.spec.components import Norm

if TYPE_CHECKING:
    from llmsim_adapters.lowerings.site import Site
    from llmsim_adapters.spec.components import NgramInput, PerLayerEmbedding, PerLayerInput


def lower_per_layer_embedding(embedding: PerLayerEmbedding, site: Site) -> None:
    """One look-up and one projection for the vectors of all layers."""
    tokens, joined = site.step.tokens, embedding.layers * embedding.width
    if embedding.vocab_size:
        site.weight("weight", (embedding.vocab_size, joined), "vocabulary")
        site.product("lookup", tokens, joined, 0, tokens * joined, kind="lookup")
        site.add_up("lookup", joined)
    site.linear("projection", embedding.hidden_size, joined, "replicated")
    site.norm("projection_norm", Norm(embedding.width), tokens * embedding.layers)


def lower_per_layer_input(module: PerLayerInput, site: Site) -> None:
    site.linear("gate", module.hidden_size, module.width, "replicated")
    site.linear("projection", module.width, module.hidden_size, "replicated")


def lower_ngram_input(module: NgramInput, site: Site) -> None:
    """Hashes and gates are elementwise; the latest tokens' ids and the convolution's inputs are states."""
    hidden, tokens, width = module.hidden_size, site.step.tokens, module.width
    joined, kernel = module.streams * hidden, module.conv_kernel
    site.weight("ngram_embedding", (module.table_rows, width // module.heads), "vocabulary")
    for name, size in (("multipliers", module.ngram_size), ("vocab_sizes", module.heads), ("offsets", module.heads)):
        site.weight(f"ngram_{name}", (size,), "replicated", "buffer", "int64")
    site.product("lookup", tokens, width, 0, tokens * width, kind="lookup")
    site.add_up("lookup", width)
    site.linear("key_proj", width, joined, "replicated")
    site.linear("value_proj", width, hidden, "replicated")
    for name in ("norm_key", "norm_query", "norm_conv"):
        site.norm(name, Norm(joined))
    site.weight("conv1d.weight", (joined, 1, kernel), "replicated")
    site.product("conv1d", tokens, 1, kernel, joined * kernel, batch=joined, kind="convolution")
    site.cache("state", joined * (kernel - 1) * module.ngram_size, "replicated")
    site.cache("state", module.ngram_size - 1, "replicated", dtype="int64")
