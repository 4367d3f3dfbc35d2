"""The lowerings of what drafts of blocks have beside layers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.spec.components import Norm
from llmsim_adapters.traced import maximum, minimum

if TYPE_CHECKING:
    from llmsim_adapters.lowerings.site import Site
    from llmsim_adapters.spec.components import BlockConvolution, LatticeHead, MarkovHead


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


def lower_lattice_head(head: LatticeHead, site: Site) -> None:
    """The candidates of one block of each sequence; no rank has a part only, as each has to choose the same ones."""
    blocks, places = site.step.batch_size, minimum(site.step.seq_len, head.block_size) - 1
    width, factors, chosen = head.state_size, head.factors, head.candidates
    slots = blocks * places
    rows = slots * chosen
    if head.hidden_size != width:
        _plain(site, "embedding", head.hidden_size, width, rows)
    _plain(site, "hidden", head.hidden_size, width, slots)
    site.norm("feature_norm", Norm(head.features, "layer", bias=True), tokens=rows)
    _plain(site, "features_up", head.features, width, rows)
    _plain(site, "features_down", width, width, rows)
    for name, shape in (
        ("places", (head.block_size - 1, width)),
        ("ranks", (chosen, width)),
        ("distances", (head.num_attention_heads, 2 * head.block_size - 1)),
        ("same_place", (head.num_attention_heads,)),
    ):
        site.weight(name, shape, "replicated")
    _plain(site, "given", head.hidden_size, width, blocks)
    for layer in range(head.layers):
        _lattice_layer(head, site, f"layers.{layer}", blocks, places * chosen)
    norm = Norm(width)
    site.norm("output_norm", norm, tokens=rows)
    site.norm("given_norm", norm, tokens=blocks)
    site.weight("joined", (width, 3 * width), "replicated")
    site.weight("joined.bias", (width,), "replicated")
    for name, count in (("joined_self", rows), ("joined_given", blocks), ("joined_both", rows)):
        site.product(name, count, width, width, width * width)
    _plain(site, "out", width, factors, rows)
    _plain(site, "in", width, factors, rows)
    _plain(site, "given_out", width, factors, blocks)
    pairs = blocks * maximum(places - 1, 0)
    site.product("scores", chosen, chosen, factors, chosen * factors * pairs, batch=pairs, kind="attention")


def _lattice_layer(head: LatticeHead, site: Site, name: str, blocks: int, length: int) -> None:
    """Attention among all candidates of a block, and a network of two matrices."""
    width, heads, rows, norm = head.state_size, head.num_attention_heads, blocks * length, Norm(head.state_size)
    size = width // heads
    site.norm(f"{name}.attention_norm", norm, tokens=rows)
    _plain(site, f"{name}.qkv", width, 3 * width, rows)
    for part, n, k in (("scores", length, size), ("values", size, length)):
        site.product(f"{name}.{part}", length, n, k, blocks * length * width, batch=blocks * heads, kind="attention")
    _plain(site, f"{name}.out", width, width, rows)
    site.norm(f"{name}.mlp_norm", norm, tokens=rows)
    _plain(site, f"{name}.up", width, head.intermediate_size, rows)
    _plain(site, f"{name}.down", head.intermediate_size, width, rows)


def _plain(site: Site, name: str, inputs: int, outputs: int, rows: int) -> None:
    """A matrix with a bias, whole on each rank."""
    site.linear(name, inputs, outputs, "replicated", rows=rows, bias=True, quantized=False)
