"""The lowering of attention in several streams."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.traced import minimum

if TYPE_CHECKING:
    from llmsim_adapters.lowerings.site import Site
    from llmsim_adapters.spec.components import NgramAttention


def lower_ngram_attention(attention: NgramAttention, site: Site) -> None:
    """Projections of all streams; keys of the main one, before those of the predicting one that attends to them."""
    hidden, heads, head_dim = attention.hidden_size, attention.num_attention_heads, attention.head_dim
    width, ngram, step = heads * head_dim, attention.ngram, site.step
    site.split_heads(heads, heads)
    for name in ("query_proj", "key_proj", "value_proj"):
        site.linear(name, hidden, width, "heads", bias=True)
    site.linear("relative_pos_embeddings", hidden, attention.num_buckets * heads, "heads", bias=True)
    site.attend(heads=heads, kv_heads=heads, key_dim=head_dim, value_dim=head_dim)
    new, sequences, cached = step.seq_len, step.batch_size * site.local(heads, "heads"), step.context_len
    length = step.kv_length(None) + new
    pairs = ngram * new + _visible(cached + new, ngram) - _visible(cached, ngram)
    # Main keys are shared by the streams, each of which has its own new ones.
    stored = sequences * (step.kv_length(None) + ngram * new) * head_dim
    for name, n, k in (("predicted_scores", length, head_dim), ("predicted_values", head_dim, length)):
        site.product(
            name,
            new,
            n,
            k,
            stored,
            step.cache_dtype,
            batch=sequences * ngram,
            kind="attention",
            pairs=pairs,
            full_pairs=ngram * new * length,
        )
    site.linear("out_proj", width, hidden, "row", bias=True)
    site.cache("key_value", 2 * width, "kv_heads")


def _visible(tokens: int, streams: int) -> int:
    """Return the sum of max(i - s, 1) for i from 1 to `tokens` and s from 0 to `streams` - 1.

    At token i, stream s predicts token i + 1 as of s tokens before: it sees i - s of the main stream, and the first.
    """
    first = minimum(tokens, streams)
    early = (first - 1) * first * (first + 1) // 6 + streams * first
    triangle = tokens * (tokens + 1) // 2 - first * (first + 1) // 2
    return early + streams * triangle - (tokens - first) * (streams * (streams - 1) // 2)
