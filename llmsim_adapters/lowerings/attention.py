"""The lowerings of attention: projections, the core, and what is cached."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.spec.components import Norm
from llmsim_adapters.traced import minimum

if TYPE_CHECKING:
    from llmsim_adapters.lowerings.site import Site
    from llmsim_adapters.spec.components import Attention


def lower_attention(attention: Attention, site: Site) -> None:
    """Grouped-query attention; the keys and values of each key/value head are cached, unless they are borrowed."""
    head_dim, kv_heads = attention.head_dim, attention.num_key_value_heads
    value_dim = head_dim if attention.value_head_dim is None else attention.value_head_dim
    site.split_heads(attention.num_attention_heads, kv_heads)
    asking = _asking(attention, site)
    _project(attention, site, value_dim, asking)
    site.options(attention.options, "scores")
    if attention.indexer is not None:
        site.lower(attention.indexer, "indexer")
    heads = attention.num_attention_heads
    for option in attention.options:
        heads = option.attentions * heads if option.attentions != 1 else heads
    site.attend(
        heads=heads,
        kv_heads=kv_heads,
        key_dim=head_dim,
        value_dim=value_dim,
        window=attention.window,
        causal=attention.causal,
        chunks=attention.chunks if attention.chunked else 0,
        top_k=attention.top_k,
        top_k_block=attention.top_k_block,
        top_k_tail=attention.top_k_tail,
        pairs=_pairs(attention, site),
        queries=attention.queries,
        asks_queries=attention.asks_queries,
        block=attention.block,
        beside=site.step.encoder_len if attention.merges_source else 0,
    )
    site.options(attention.options, "results")
    results = attention.num_attention_heads * value_dim
    if attention.output_norm is not None:
        site.norm("output_norm", attention.output_norm, width=results, sharding="heads")
    site.linear("o_proj", results, attention.hidden_size, "row", rows=asking, bias=attention.o_bias)
    entry, idle = kv_heads * (head_dim + value_dim), attention.borrows_cache or not attention.cached
    site.cache("key_value", entry, "kv_heads", attention.window, idle=idle)
    if attention.merges_source:
        with site.of_encoder():
            site.cache("key_value", entry, "kv_heads", idle=idle)


def _pairs(attention: Attention, site: Site) -> int | None:
    """Return how many pairs of tokens there are where others than causality and a window leave them."""
    if attention.strides is not None:
        return site.step.strided_pairs(attention.strides)
    if attention.leading and site.step.canvas and site.step.decode:
        new, leading = site.step.seq_len, minimum(attention.leading, site.step.seq_len)
        return site.step.pairs(attention.window, attention.causal) - leading * (new - leading)
    if attention.later_window is not None and not attention.causal:
        return site.step.pairs(attention.window, True) + site.step.later_pairs(attention.later_window)
    return site.step.pairs_of_blocks(attention.block) if attention.block else None


def _asking(attention: Attention, site: Site) -> int | None:
    """Return how many rows ask where they are trained vectors, as many for each sequence of an encoder."""
    run = site.step.run
    if not attention.queries or run is None:
        return None
    return site.step.batch_size * run.sequences * attention.queries


def _project(attention: Attention, site: Site, value_dim: int, asking: int | None) -> None:
    """Queries, of `asking` rows if not all; keys and values, unless they are an earlier layer's; and their norms."""
    head_dim, bias, kv_heads = attention.head_dim, attention.qkv_bias, attention.num_key_value_heads
    inputs = attention.hidden_size if attention.input_size is None else attention.input_size
    source = inputs if attention.source_size is None else attention.source_size
    queries, keys, values = attention.num_attention_heads * head_dim, kv_heads * head_dim, kv_heads * value_dim
    if attention.q_lora_rank is None:
        site.linear("q_proj", inputs, queries, "heads", rows=asking, bias=bias)
    else:
        site.linear("q_a_proj", inputs, attention.q_lora_rank, "replicated", rows=asking, bias=bias)
        site.norm("q_a_norm", Norm(attention.q_lora_rank), tokens=asking)
        site.linear("q_b_proj", attention.q_lora_rank, queries, "heads", rows=asking)
    asked = site.source_rows
    if attention.asks_queries and asking is not None:
        asked = site.step.tokens + asking
    if attention.merges_source and site.step.encoder_len and not site.step.context_len:
        asked = site.step.tokens + site.step.batch_size * site.step.encoder_len
    if not attention.borrows_cache:
        with site.source():
            site.linear("k_proj", source, keys, "kv_heads", rows=asked, bias=bias and attention.key_bias)
            site.options(attention.options, "values")
            if not attention.keys_as_values and not any(option.makes_values for option in attention.options):
                site.linear("v_proj", source, values, "kv_heads", rows=asked, bias=bias)
    if attention.q_norm is not None:
        site.norm("q_norm", attention.q_norm, width=queries, sharding="heads", tokens=asking)
    if not attention.borrows_cache:
        with site.source():
            for name, norm, width in (("k_norm", attention.k_norm, keys), ("v_norm", attention.v_norm, values)):
                if norm is not None:
                    site.norm(name, norm, width=width, sharding="kv_heads", tokens=asked)
