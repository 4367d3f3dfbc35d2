"""The lowering of attention with keys of positions."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from llmsim_adapters.lowerings.site import Site
    from llmsim_adapters.spec.components import RelativeAttention


def lower_relative_attention(attention: RelativeAttention, site: Site) -> None:
    """Keys and values of all kept hidden states, and keys of their positions, which each sequence projects itself."""
    hidden, heads, head_dim = attention.hidden_size, attention.num_attention_heads, attention.head_dim
    width, step = heads * head_dim, site.step
    window = None if attention.memory is None else attention.memory + 1
    keys = step.kv_length(window)
    positions = keys + 1 if attention.causal else keys + step.seq_len
    site.split_heads(heads, heads)
    site.linear("q", hidden, width, "heads")
    for name in ("k", "v"):
        site.linear(name, hidden, width, "heads", rows=step.batch_size * keys)
    site.linear("r", hidden, width, "heads", rows=step.batch_size * positions)
    for name in ("r_w_bias", "r_r_bias", "r_s_bias"):
        site.weight(name, (heads, head_dim), "heads")
    site.weight("seg_embed", (attention.segments, heads, head_dim), "heads")
    own = step.seq_len * (step.seq_len + 1) // 2 if attention.causal else step.seq_len * step.seq_len
    pairs = step.seq_len * (keys - step.seq_len) + own  # what is kept is in reach of every new token
    site.attend(heads=heads, kv_heads=heads, key_dim=head_dim, value_dim=head_dim, window=window, pairs=pairs)
    stored = step.batch_size * positions * width
    every = step.batch_size * heads
    site.product(
        "position_scores",
        step.seq_len,
        positions,
        head_dim,
        stored,
        batch=every,
        kind="attention",
        sharding="heads",
    )
    site.linear("o", width, hidden, "row")
    if attention.cached:
        site.cache("latent", hidden, "replicated", attention.memory)
