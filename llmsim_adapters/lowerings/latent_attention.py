"""The lowering of attention to latents."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.spec.components import Norm

if TYPE_CHECKING:
    from llmsim_adapters.lowerings.site import Site
    from llmsim_adapters.spec.components import LatentAttention


def lower_latent_attention(attention: LatentAttention, site: Site) -> None:
    """Latent attention: expanded in a prefill, absorbed in a decode step; the latent is cached, or borrowed."""
    hidden, heads = attention.hidden_size, attention.num_attention_heads
    site.split_heads(heads, None if site.step.decode else heads)
    rank, rope = attention.kv_lora_rank, attention.qk_rope_head_dim
    _project_queries(attention, site)
    if not attention.borrows_cache:
        site.linear("kv_a_proj", attention.input_size or hidden, rank + rope, "replicated", bias=attention.bias)
        site.norm("kv_a_layernorm", Norm(rank, gate_rank=attention.norm_gate_rank))
        if attention.rope_norm:
            site.norm("k_rope_layernorm", Norm(rope))
    if attention.indexer is not None:
        site.lower(attention.indexer, "indexer")
    site.options(attention.options, "scores")
    if site.step.decode:
        _absorbed(attention, site)
    else:
        _expanded(attention, site)
    site.options(attention.options, "results")
    site.linear("o_proj", heads * attention.v_head_dim, hidden, "row", bias=attention.bias)
    site.cache("latent", rank + rope, "replicated", attention.window, idle=attention.borrows_cache)


def _project_queries(attention: LatentAttention, site: Site) -> None:
    hidden, heads = attention.input_size or attention.hidden_size, attention.num_attention_heads
    compressed = attention.q_lora_rank
    size = attention.qk_nope_head_dim + attention.qk_rope_head_dim
    if compressed is None:
        site.linear("q_proj", hidden, heads * size, "heads")
        return
    site.linear("q_a_proj", hidden, compressed, "replicated", bias=attention.bias)
    site.norm("q_a_layernorm", Norm(compressed, gate_rank=attention.norm_gate_rank))
    if attention.gate_from_queries:
        site.linear("q_gate_proj", 2 * compressed, heads * (size + attention.v_head_dim), "heads")
    else:
        site.linear("q_b_proj", compressed, heads * size, "heads")


def _absorbed(attention: LatentAttention, site: Site) -> None:
    """The core in the latent space (DeepSeek-V2, arXiv:2405.04434, section 2.1.2).

    Queries are taken into it and results out of it by the two halves of `kv_b_proj`, so that the cached latent serves
    as the only key/value head.
    """
    heads, rank, rope = attention.num_attention_heads, attention.kv_lora_rank, attention.qk_rope_head_dim
    nope, value_dim, tokens = attention.qk_nope_head_dim, attention.v_head_dim, site.step.tokens
    dtype = site.matrix("kv_b_proj", (heads * (nope + value_dim), rank), "heads")
    site.product("q_absorb", tokens, rank, nope, heads * nope * rank, dtype, batch=heads, sharding="heads")
    _attend_to_chosen(attention, site, kv_heads=1, key_dim=rank + rope, value_dim=rank)
    site.product("o_absorb", tokens, value_dim, rank, heads * rank * value_dim, dtype, batch=heads, sharding="heads")


def _expanded(attention: LatentAttention, site: Site) -> None:
    heads, nope, value_dim = attention.num_attention_heads, attention.qk_nope_head_dim, attention.v_head_dim
    rows = site.step.batch_size * site.step.kv_length(attention.window)
    site.linear("kv_b_proj", attention.kv_lora_rank, heads * (nope + value_dim), "heads", rows=rows)
    _attend_to_chosen(attention, site, kv_heads=heads, key_dim=nope + attention.qk_rope_head_dim, value_dim=value_dim)


def _attend_to_chosen(attention: LatentAttention, site: Site, *, kv_heads: int, key_dim: int, value_dim: int) -> None:
    site.attend(
        heads=attention.num_attention_heads,
        kv_heads=kv_heads,
        key_dim=key_dim,
        value_dim=value_dim,
        window=attention.window,
        top_k=attention.top_k,
        top_k_block=attention.top_k_block,
        top_k_tail=attention.top_k_tail,
    )
