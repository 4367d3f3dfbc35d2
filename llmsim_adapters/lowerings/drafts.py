"""The lowerings of what drafts of blocks have beside layers."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from llmsim_adapters.lowerings.site import Site
    from llmsim_adapters.spec.components import BlockConvolution, MarkovHead


def lower_block_convolution(convolution: BlockConvolution, site: Site) -> None:
    """Both sides at once, by one projection of the tokens."""
    hidden, kernel, tokens = convolution.hidden_size, convolution.kernel_size, site.step.tokens
    site.weight("base_kernel", (2, kernel, hidden), "replicated")
    site.linear("kernel_projection", hidden, 2 * kernel * convolution.groups, "replicated", quantized=False)
    site.product("convolutions", 2 * tokens, hidden, kernel, 2 * kernel * hidden, kind="convolution")


def lower_markov_head(head: MarkovHead, site: Site) -> None:
    """A row of each new token, and its product with those of all tokens; no rank has a part only."""
    tokens, rank, chosen = site.step.tokens, head.rank, head.candidates
    site.table("earlier", (head.vocab_size, rank), "replicated")
    if chosen:
        site.table("later", (head.vocab_size, rank), "replicated")
        site.product("lookup", 2 * chosen * tokens, rank, 0, 2 * chosen * tokens * rank, kind="lookup")
        site.linear("hidden", head.hidden_size, rank, "replicated", quantized=False)
        site.product("transitions", chosen, chosen, rank, chosen * rank * tokens, batch=tokens)
    else:
        site.product("lookup", tokens, rank, 0, tokens * rank, kind="lookup")
        site.linear("later", rank, head.vocab_size, "replicated", quantized=False)
    if head.confidence:
        inputs = head.hidden_size + rank if head.confidence_by_token else head.hidden_size
        site.linear("confidence", inputs, 1, "replicated", bias=head.confidence_bias, quantized=False)
