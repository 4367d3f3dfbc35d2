"""The lowering of attention inside chunks of tokens."""

from __future__ import annotations

from math import isqrt
from typing import TYPE_CHECKING

from llmsim_adapters.traced import Traced, maximum

if TYPE_CHECKING:
    from llmsim_adapters.lowerings.site import Site
    from llmsim_adapters.spec.components import ChunkAttention


def lower_chunk_attention(attention: ChunkAttention, site: Site) -> None:
    """Chunk by chunk where a sequence begins; later tokens attend to those in reach, whose keys are projected anew."""
    hidden, heads, width = attention.hidden_size, attention.num_attention_heads, attention.head_dim
    site.split_heads(heads)
    if attention.hashes:
        _hashed(attention, site)
    else:
        _in_order(attention, site)
    site.linear("output", heads * width, hidden, "row")


def _in_order(attention: ChunkAttention, site: Site) -> None:
    step, size, before = site.step, attention.chunk_length, attention.chunks_before
    hidden, joined = attention.hidden_size, attention.num_attention_heads * attention.head_dim
    reach = (before + 1) * size
    keys = step.seq_len
    if step.context_len:
        first = maximum(step.context_len // size - before, 0) * size
        keys = step.context_len - first + step.seq_len
    site.linear("query", hidden, joined, "heads")
    for name in ("key", "value"):
        site.linear(name, hidden, joined, "heads", rows=step.batch_size * keys)
    if step.context_len:
        _attend(attention, site, 1, step.seq_len, keys)
    elif step.seq_len <= size:
        _attend(attention, site, 1, step.seq_len, step.seq_len, step.pairs(None, causal=True))
    else:
        chunks = step.seq_len // size
        _attend(attention, site, chunks, size, reach, step.chosen_pairs(reach, size))
    site.cache("latent", hidden, "replicated", reach)


def _hashed(attention: ChunkAttention, site: Site) -> None:
    """Queries that are the keys; of a sequence within one chunk there is nothing to sort, and no hash."""
    step, size, hashes = site.step, attention.chunk_length, attention.hashes
    hidden, heads, width = attention.hidden_size, attention.num_attention_heads, attention.head_dim
    joined, reach = heads * width, (attention.chunks_before + 1) * size
    cached = step.context_len
    keys = cached + step.seq_len
    dtypes = {"key": site.matrix("query_key", (joined, hidden), "heads")}
    dtypes["value"] = site.matrix("value", (joined, hidden), "heads")
    split = site.local(joined, "heads")
    hashed = cached > size if cached else step.seq_len > size
    if cached:
        site.product("query", step.tokens, split, hidden, split * hidden, dtypes["key"])
    if cached and hashed:  # each head has tokens of its own in reach
        rows, batch = step.tokens * hashes * reach, site.local(heads, "heads")
        for name, dtype in dtypes.items():
            site.product(name, rows, width, hidden, split * hidden, dtype, batch=batch)
        _hash(attention, site, step.seq_len)
        _attend(attention, site, hashes * step.seq_len, 1, reach)
    else:
        for name, dtype in dtypes.items():
            site.product(name, step.batch_size * keys, split, hidden, split * hidden, dtype)
        if hashed or (cached and keys >= size):
            _hash(attention, site, keys)
        if hashed:
            _attend(attention, site, hashes * (step.seq_len // size), size, reach)
        else:
            _attend(attention, site, 1, step.seq_len, keys, None if cached else step.pairs(None, causal=True))
    site.cache("latent", hidden, "replicated")
    site.cache("indexer", heads * hashes, "heads", dtype="int64")


def _hash(attention: ChunkAttention, site: Site, tokens: int) -> None:
    """The products of each head's queries with its own random vectors, which are made anew in each step."""
    width, outputs = attention.head_dim, attention.hashes * _rotations(attention, site)
    every = site.step.batch_size * site.local(attention.num_attention_heads, "heads")
    site.product("hashes", tokens, outputs, width, every * width * outputs, site.step.dtype, batch=every)


def _rotations(attention: ChunkAttention, site: Site) -> int:
    """Return how many products a hash is the largest of; a power of two that follows from the number of chunks."""
    if attention.rotations is not None:
        return attention.rotations
    size, tokens = attention.chunk_length, site.step.context_len + site.step.seq_len
    power = (2 * (int(tokens) // size)).bit_length() - 1
    most = 2 * max(isqrt(attention.max_positions // size), size)
    buckets = 2**power if 2**power <= most else 2 ** (power // 2) + 2 ** (power - power // 2)
    found = buckets // 2
    return Traced.leaf(found, "hash_rotations", "a power of two for this many chunks") if _is_traced(size) else found


def _is_traced(size: int) -> bool:
    return size.__class__ is Traced


def _attend(
    attention: ChunkAttention, site: Site, chunks: int, queries: int, keys: int, pairs: int | None = None
) -> None:
    """Scores and sums of values, in each of so many chunks of a sequence."""
    step, width = site.step, attention.head_dim
    batch = step.batch_size * site.local(attention.num_attention_heads, "heads") * chunks
    for name, n, k in (("scores", keys, width), ("values", width, keys)):
        site.product(
            name,
            queries,
            n,
            k,
            batch * keys * width,
            step.dtype,
            batch=batch,
            kind="attention",
            pairs=pairs,
            full_pairs=chunks * queries * keys,
        )
