"""The lowering of what chooses the tokens that sparse attention attends to."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from llmsim_adapters.lowerings.site import Site
    from llmsim_adapters.spec.components import Indexer


def lower_indexer(indexer: Indexer, site: Site) -> None:
    """Projections, the scores of all tokens, and the keys that are cached; every rank needs all of the choice.

    The choice itself is elementwise. The heads' weights keep the number format of the model in quantized checkpoints.
    """
    step, heads, head_dim = site.step, indexer.num_heads, indexer.head_dim
    site.linear("q_proj", indexer.query_size, heads * head_dim, "replicated")
    if indexer.q_norm is not None:
        site.norm("q_norm", indexer.q_norm, step.tokens * heads)
    site.linear("k_proj", indexer.hidden_size, head_dim, "replicated")
    site.norm("k_norm", indexer.k_norm)
    length, pairs = step.kv_length(None), step.pairs(None, causal=True)
    full = step.seq_len * length
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
    if indexer.head_weights:
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
    site.cache("indexer", head_dim, "replicated")
