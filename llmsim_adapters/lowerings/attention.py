"""The lowerings of attention: projections, the core, and what is cached."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.lowerings.convolution import causal_convolution
from llmsim_adapters.spec.components import Norm

if TYPE_CHECKING:
    from llmsim_adapters.graph.operator import Sharding
    from llmsim_adapters.lowerings.site import Site
    from llmsim_adapters.spec.components import Attention, LatentAttention


def lower_attention(attention: Attention, site: Site) -> None:
    """Grouped-query attention; the keys and values of each key/value head are cached, unless they are borrowed."""
    hidden, head_dim = attention.hidden_size, attention.head_dim
    heads, kv_heads = attention.num_attention_heads, attention.num_key_value_heads
    value_dim = head_dim if attention.value_head_dim is None else attention.value_head_dim
    inputs = hidden if attention.input_size is None else attention.input_size
    source = inputs if attention.source_size is None else attention.source_size
    bias = attention.qkv_bias
    site.split_heads(heads, kv_heads)
    site.linear("q_proj", inputs, heads * head_dim, "heads", bias=bias)
    norms: list[tuple[str, Norm | None, int, Sharding]] = [("q_norm", attention.q_norm, heads * head_dim, "heads")]
    if not attention.borrows_cache:
        site.linear("k_proj", source, kv_heads * head_dim, "kv_heads", bias=bias and attention.key_bias)
        if attention.head_kernel:
            _convolve_heads(attention, site, value_dim)
        elif not attention.keys_as_values:
            site.linear("v_proj", source, kv_heads * value_dim, "kv_heads", bias=bias)
        norms.append(("k_norm", attention.k_norm, kv_heads * head_dim, "kv_heads"))
        norms.append(("v_norm", attention.v_norm, kv_heads * value_dim, "kv_heads"))
    for name, norm, width, sharding in norms:
        if norm is not None:
            site.norm(name, norm, width=width, sharding=sharding)
    if attention.convolution:
        for name, channels in (("k_conv", kv_heads * head_dim), ("v_conv", kv_heads * value_dim)):
            if attention.dynamic_convolution:
                _convolve_dynamically(attention, site, name, channels)
            else:
                causal_convolution(site, name, channels, attention.convolution, "kv_heads")
    if attention.relative_size:
        size, extent = attention.relative_size, attention.relative_extent
        site.linear("relative_proj", inputs, heads * size, "heads")
        if attention.relative_norm is not None:
            site.norm("relative_norm", attention.relative_norm, width=heads * size, sharding="heads")
        site.weight("relative_logits", (size, extent), "replicated")
        batch = site.local(heads, "heads")
        site.product("relative_logits", site.step.tokens, extent, size, size * extent, batch=batch)
    if attention.dynamic_mask:
        rows = site.step.batch_size * site.step.kv_length(attention.window)
        site.weight("mask_scale", (kv_heads,), "kv_heads")
        site.gather("mask_proj", rows, kv_heads * value_dim)
        site.linear("mask_proj", kv_heads * value_dim, kv_heads, "replicated", rows=rows, bias=bias)
    if attention.differential:
        for name in ("lambda_q1", "lambda_k1", "lambda_q2", "lambda_k2"):
            site.weight(name, (head_dim,), "replicated")
    if attention.sinks:
        site.weight("sinks", (heads,), "heads")
    if attention.sink_projection:
        site.linear("sink_proj", inputs, heads, "heads")
    if attention.indexer is not None:
        site.lower(attention.indexer, "indexer")
    site.attend(
        heads=2 * heads if attention.differential else heads,
        kv_heads=kv_heads,
        key_dim=head_dim,
        value_dim=value_dim,
        window=attention.window,
        causal=attention.causal,
        chunked=attention.chunked,
        top_k=attention.top_k,
        top_k_block=attention.top_k_block,
        top_k_tail=attention.top_k_tail,
    )
    if attention.gate_size:
        site.linear("gate_proj", inputs, attention.gate_size, "heads", bias=attention.gate_bias)
    if attention.head_gate_bias:
        site.weight("head_gate_bias", (heads,), "heads")
    if attention.output_norm is not None:
        site.norm("output_norm", attention.output_norm, width=heads * value_dim, sharding="heads")
    site.linear("o_proj", heads * value_dim, hidden, "row", bias=attention.o_bias)
    if attention.cached and not attention.borrows_cache:
        site.cache("key_value", kv_heads * (head_dim + value_dim), "kv_heads", attention.window)


def _convolve_heads(attention: Attention, site: Site, value_dim: int) -> None:
    """Convolutions of queries and keys behind their inputs' last tokens, and values whose second half comes later.

    At the start of a sequence, the values' projection also runs on zeros in place of a token before the first.
    """
    step, hidden, bias = site.step, attention.hidden_size, attention.qkv_bias
    groups, size = attention.num_attention_heads + attention.num_key_value_heads, attention.head_dim
    by_channel, by_head, channels = attention.channel_kernel, attention.head_kernel, groups * size
    half = attention.num_key_value_heads * value_dim // 2
    site.split_heads(attention.num_key_value_heads, attention.num_key_value_heads)  # convolved with the queries' heads
    site.linear("v_proj_current", hidden, half, "kv_heads", bias=bias)
    before = step.tokens if step.context_len else step.tokens + step.batch_size
    site.linear("v_proj_delayed", hidden, half, "kv_heads", rows=before, bias=bias)
    site.weight("channel_conv.weight", (channels, 1, by_channel), "heads")
    site.weight("channel_conv.bias", (channels,), "heads")
    rows = step.batch_size * (step.seq_len + by_head - 1)
    site.product(
        "channel_conv", rows, 1, by_channel, channels * by_channel, batch=channels, kind="convolution", sharding="heads"
    )
    site.weight("head_conv.weight", (channels, size, by_head), "heads")
    site.weight("head_conv.bias", (channels,), "heads")
    window = size * by_head
    site.product(
        "head_conv", step.tokens, size, window, channels * window, batch=groups, kind="convolution", sharding="heads"
    )
    site.weight("key_scale", (attention.num_key_value_heads,), "kv_heads")
    site.cache("state", channels * (by_channel + by_head - 2), "heads")
    site.cache("state", half, "kv_heads")


def _convolve_dynamically(attention: Attention, site: Site, name: str, channels: int) -> None:
    """Weights of each channel and, by token, of each head; their products with the latest tokens are elementwise."""
    kv_heads, kernel = attention.num_key_value_heads, attention.convolution
    site.weight(f"{name}.static_weight", (kernel, channels), "kv_heads")
    site.linear(f"{name}.weight_proj", attention.hidden_size, kv_heads * kernel, "kv_heads")
    site.cache("state", channels * kernel, "kv_heads")


def lower_latent_attention(attention: LatentAttention, site: Site) -> None:
    """Latent attention: expanded in a prefill, absorbed in a decode step; the latent is cached.

    Absorbed (DeepSeek-V2, arXiv:2405.04434, section 2.1.2), queries are taken into the latent space and results
    out of it by the two halves of `kv_b_proj`, so that the cached latent serves as the only key/value head.
    """
    hidden, heads, rank = attention.hidden_size, attention.num_attention_heads, attention.kv_lora_rank
    site.split_heads(heads, None if site.step.decode else heads)
    nope, rope, value_dim = attention.qk_nope_head_dim, attention.qk_rope_head_dim, attention.v_head_dim
    step, window = site.step, attention.window
    if attention.q_lora_rank is None:
        site.linear("q_proj", hidden, heads * (nope + rope), "heads")
    else:
        site.linear("q_a_proj", hidden, attention.q_lora_rank, "replicated", bias=attention.bias)
        site.norm("q_a_layernorm", Norm(attention.q_lora_rank))
        if attention.gate_from_queries:
            site.linear("q_gate_proj", 2 * attention.q_lora_rank, heads * (nope + rope + value_dim), "heads")
        else:
            site.linear("q_b_proj", attention.q_lora_rank, heads * (nope + rope), "heads")
    site.linear("kv_a_proj", hidden, rank + rope, "replicated", bias=attention.bias)
    site.norm("kv_a_layernorm", Norm(rank))
    if attention.rope_norm:
        site.norm("k_rope_layernorm", Norm(rope))
    if attention.indexer is not None:
        site.lower(attention.indexer, "indexer")
    if attention.sinks:
        site.weight("sinks", (heads,), "heads")
    expand = heads * (nope + value_dim)
    if step.decode:
        dtype = site.matrix("kv_b_proj", (expand, rank), "heads")
        site.product("q_absorb", step.tokens, rank, nope, heads * nope * rank, dtype, batch=heads, sharding="heads")
        site.attend(heads=heads, kv_heads=1, key_dim=rank + rope, value_dim=rank, window=window, top_k=attention.top_k)
        site.product(
            "o_absorb", step.tokens, value_dim, rank, heads * rank * value_dim, dtype, batch=heads, sharding="heads"
        )
    else:
        site.linear("kv_b_proj", rank, expand, "heads", rows=step.batch_size * step.kv_length(window))
        site.attend(
            heads=heads,
            kv_heads=heads,
            key_dim=nope + rope,
            value_dim=value_dim,
            window=window,
            top_k=attention.top_k,
        )
    if attention.gate_size:
        site.linear("gate_proj", hidden, attention.gate_size, "heads")
    site.linear("o_proj", heads * value_dim, hidden, "row", bias=attention.bias)
    site.cache("latent", rank + rope, "replicated", window)
