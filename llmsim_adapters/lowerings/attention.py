"""The lowerings of attention: projections, the core, and what is cached."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.spec.components import Norm

if TYPE_CHECKING:
    from llmsim_adapters.lowerings.site import Site
    from llmsim_adapters.spec.components import Attention, LatentAttention


def lower_attention(attention: Attention, site: Site) -> None:
    """Grouped-query attention; the keys and values of each key/value head are cached."""
    hidden, head_dim = attention.hidden_size, attention.head_dim
    heads, kv_heads = attention.num_attention_heads, attention.num_key_value_heads
    value_dim = head_dim if attention.value_head_dim is None else attention.value_head_dim
    bias = attention.qkv_bias
    site.linear("q_proj", hidden, heads * head_dim, "heads", bias=bias)
    site.linear("k_proj", hidden, kv_heads * head_dim, "kv_heads", bias=bias and attention.key_bias)
    site.linear("v_proj", hidden, kv_heads * value_dim, "kv_heads", bias=bias)
    for name, norm, width in (
        ("q_norm", attention.q_norm, heads * head_dim),
        ("k_norm", attention.k_norm, kv_heads * head_dim),
    ):
        if norm is not None:
            site.norm(name, norm, site.step.tokens * width // norm.size)
    if attention.sinks:
        site.weight("sinks", (heads,), "heads")
    site.attend(
        heads=heads,
        kv_heads=kv_heads,
        key_dim=head_dim,
        value_dim=value_dim,
        window=attention.window,
        causal=attention.causal,
    )
    if attention.gate_size:
        site.linear("gate_proj", hidden, attention.gate_size, "heads")
    if attention.output_norm is not None:
        site.norm("output_norm", attention.output_norm)
    site.linear("o_proj", heads * value_dim, hidden, "row", bias=attention.o_bias)
    site.cache("key_value", kv_heads * (head_dim + value_dim), "kv_heads", attention.window)


def lower_latent_attention(attention: LatentAttention, site: Site) -> None:
    """Latent attention: expanded in a prefill, absorbed in a decode step; the latent is cached.

    Absorbed (DeepSeek-V2, arXiv:2405.04434, section 2.1.2), queries are taken into the latent space and results
    out of it by the two halves of `kv_b_proj`, so that the cached latent serves as the only key/value head.
    """
    hidden, heads, rank = attention.hidden_size, attention.num_attention_heads, attention.kv_lora_rank
    nope, rope, value_dim = attention.qk_nope_head_dim, attention.qk_rope_head_dim, attention.v_head_dim
    step = site.step
    if attention.q_lora_rank is None:
        site.linear("q_proj", hidden, heads * (nope + rope), "heads")
    else:
        site.linear("q_a_proj", hidden, attention.q_lora_rank, "replicated", bias=attention.bias)
        site.norm("q_a_layernorm", Norm(attention.q_lora_rank))
        site.linear("q_b_proj", attention.q_lora_rank, heads * (nope + rope), "heads")
    site.linear("kv_a_proj", hidden, rank + rope, "replicated", bias=attention.bias)
    site.norm("kv_a_layernorm", Norm(rank))
    expand = heads * (nope + value_dim)
    if step.decode:
        dtype = site.matrix("kv_b_proj", (expand, rank), "heads")
        site.product("q_absorb", step.tokens, rank, nope, heads * nope * rank, dtype, batch=heads)
        site.attend(heads=heads, kv_heads=1, key_dim=rank + rope, value_dim=rank)
        site.product("o_absorb", step.tokens, value_dim, rank, heads * rank * value_dim, dtype, batch=heads)
    else:
        site.linear("kv_b_proj", rank, expand, "heads", rows=step.batch_size * step.kv_length(None))
        site.attend(heads=heads, kv_heads=heads, key_dim=nope + rope, value_dim=value_dim)
    site.linear("o_proj", heads * value_dim, hidden, "row", bias=attention.bias)
    site.cache("latent", rank + rope, "replicated")
