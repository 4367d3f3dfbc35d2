"""The lowering of what chooses the tokens that sparse attention attends to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.traced import maximum

if TYPE_CHECKING:
    from llmsim_adapters.lowerings.site import Site
    from llmsim_adapters.spec.components import Indexer


def lower_indexer(indexer: Indexer, site: Site) -> None:
    """Projections, the scores of all tokens, and the keys that are cached; every rank needs all of the choice.

    The choice itself is elementwise. The heads' weights keep the number format of the model in quantized checkpoints.
    """
    step, heads, head_dim = site.step, indexer.num_heads, indexer.head_dim
    if indexer.input_norm is not None:
        site.norm("q_input_norm", indexer.input_norm)
    site.linear("q_proj", indexer.query_size, heads * head_dim, "replicated")
    if indexer.score_scales:
        for name in ("score_scale", "score_scale_bias"):
            site.weight(name, (heads,), "replicated")
    if indexer.q_norm is not None:
        site.norm("q_norm", indexer.q_norm, step.tokens * heads)
    site.linear("k_proj", indexer.hidden_size, head_dim, "replicated")
    length, pairs = step.kv_length(None), step.pairs(None, causal=True)
    keys = step.tokens
    if indexer.pool != 1:  # made anew of the cached keys
        length, pairs = step.entries(indexer.pool), step.entry_pairs(indexer.pool, None)
        keys = keys if indexer.pool_gated else step.batch_size * length
    site.norm("k_norm", indexer.k_norm, keys)
    if indexer.pool_gated:
        site.linear("pool_gate", indexer.hidden_size, head_dim, "replicated", quantized=False)
        site.weight("pool_places", (indexer.pool, head_dim), "replicated")
    _score(indexer, site, length, pairs)
    site.cache("indexer", 2 * head_dim if indexer.pool_gated else head_dim, "replicated")


def _score(indexer: Indexer, site: Site, length: int, pairs: int) -> None:
    """The scores of `length` keys, in `pairs` with new tokens, and the sum over heads where it is a weighted one."""
    step, heads, head_dim = site.step, indexer.num_heads, indexer.head_dim
    full = maximum(step.seq_len * length, 1)
    site.product(
        "scores",
        step.seq_len,
        length,
        head_dim,
        step.batch_size * length * head_dim,
        step.cache_dtype,
        batch=step.batch_size * heads,
        kind="attention",
        pairs=pairs,
        full_pairs=full,
    )
    if not indexer.head_weights:
        return
    site.linear("weights_proj", indexer.hidden_size, heads, "replicated", quantized=False)
    # One row of weights for each token, times the scores of its heads.
    site.product(
        "weighted_scores",
        1,
        length,
        heads,
        step.tokens * heads * length,
        step.dtype,
        batch=step.tokens,
        kind="attention",
        pairs=pairs,
        full_pairs=full,
    )
