"""The lowerings of attention to compressed tokens."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.spec.components import Norm
from llmsim_adapters.traced import maximum, minimum

if TYPE_CHECKING:
    from llmsim_adapters.lowerings.site import Site
    from llmsim_adapters.spec.components import CompressedAttention, CompressedIndexer


def lower_compressed_attention(attention: CompressedAttention, site: Site) -> None:
    """Low-rank queries, one key that is the value too, the compressor, the core, and the grouped output projection."""
    hidden, head_dim, heads = attention.hidden_size, attention.head_dim, attention.num_attention_heads
    groups, rank, step = attention.output_groups, attention.output_rank, site.step
    site.split_heads(heads)
    site.split_heads(groups)
    own = site.local(heads, "heads")
    site.linear("q_a_proj", hidden, attention.q_lora_rank, "replicated")
    site.norm("q_a_norm", Norm(attention.q_lora_rank))
    site.linear("q_b_proj", attention.q_lora_rank, heads * head_dim, "heads")
    site.norm("q_b_norm", Norm(head_dim, gain=False), step.tokens * own)
    site.linear("kv_proj", hidden, head_dim, "replicated")
    site.norm("kv_norm", Norm(head_dim))
    site.weight("sinks", (heads,), "heads")
    length, pairs = _keep(attention, site)
    if attention.indexer is not None:
        site.lower(attention.indexer, "indexer")
    for name, n, k in (("scores", length, head_dim), ("values", head_dim, length)):
        site.product(
            name,
            step.seq_len,
            n,
            k,
            step.batch_size * length * head_dim,
            step.cache_dtype,
            batch=step.batch_size * own,
            kind="attention",
            pairs=pairs,
            full_pairs=step.seq_len * length,
        )
    inputs = heads * head_dim // groups
    dtype = site.matrix("o_a_proj", (groups * rank, inputs), "heads")
    site.product("o_a_proj", step.tokens, rank, inputs, groups * rank * inputs, dtype, batch=groups, sharding="heads")
    site.linear("o_b_proj", groups * rank, hidden, "row")


def _keep(attention: CompressedAttention, site: Site) -> tuple[int, int]:
    """Emit what is kept of tokens and of entries; return how many of both there are, and the pairs with new tokens."""
    step, head_dim, rate = site.step, attention.head_dim, attention.compress_rate
    length, pairs = step.kv_length(attention.window), step.pairs(attention.window, attention.causal)
    site.cache("key_value", head_dim, "replicated", attention.window)
    if rate is None:
        return length, pairs
    _compress(site, attention.hidden_size, head_dim, rate, attention.overlaps)
    site.cache("key_value", head_dim, "replicated", stride=rate)
    entries = step.entries(rate)
    if attention.top_k is not None and step.decode:
        entries = minimum(entries, attention.top_k)
    return length + entries, pairs + step.entry_pairs(rate, attention.top_k)


def lower_compressed_indexer(indexer: CompressedIndexer, site: Site) -> None:
    """The scores of all compressed tokens; their weighted sum over heads is elementwise, unlike that of `Indexer`."""
    step, heads, head_dim, rate = site.step, indexer.num_heads, indexer.head_dim, indexer.compress_rate
    _compress(site, indexer.hidden_size, head_dim, rate, overlaps=True)
    site.linear("q_b_proj", indexer.query_size, heads * head_dim, "replicated")
    site.linear("weights_proj", indexer.hidden_size, heads, "replicated", quantized=False)
    entries = step.entries(rate)
    site.product(
        "scores",
        step.seq_len,
        entries,
        head_dim,
        step.batch_size * entries * head_dim,
        step.cache_dtype,
        batch=step.batch_size * heads,
        kind="attention",
        pairs=step.entry_pairs(rate, None),
        full_pairs=maximum(step.seq_len * entries, 1),
    )
    site.cache("indexer", head_dim, "replicated", stride=rate)


def _compress(site: Site, hidden: int, width: int, rate: int, overlaps: bool) -> None:
    """Emit what makes one entry of `rate` tokens, and of as many before them where entries overlap.

    No checkpoint quantizes the projections. What they make of the tokens that are no entry yet, and of those that the
    next one overlaps with, is a state.
    """
    outputs = 2 * width if overlaps else width
    site.linear("compressor.kv_proj", hidden, outputs, "replicated", quantized=False)
    site.linear("compressor.gate_proj", hidden, outputs, "replicated", quantized=False)
    site.weight("compressor.position_bias", (rate, outputs), "replicated")
    site.norm("compressor.kv_norm", Norm(width), site.step.batch_size * site.step.new_entries(rate))
    kept = rate * (outputs + width) if overlaps else rate * outputs
    site.cache("state", 2 * kept, "replicated")
