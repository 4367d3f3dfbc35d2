"""The lowerings of linear attention: projections, the convolution, the core, and the states.

The cores are the products that transformers' own implementations run: in a prefill the chunked ones, in a step of one
token the recurrent ones, of which the delta rule's are elementwise.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.lowerings.convolution import causal_convolution, generated_convolution
from llmsim_adapters.spec.components import Norm
from llmsim_adapters.traced import ceil_div

if TYPE_CHECKING:
    from llmsim_adapters.lowerings.site import Site
    from llmsim_adapters.spec.components import GatedDeltaNet, KimiDeltaAttention, LightningAttention


def lower_gated_delta_net(net: GatedDeltaNet, site: Site) -> None:
    """Projections, one convolution over queries, keys and values, the core, a norm of each head, and its gate."""
    hidden, heads, tokens = net.hidden_size, net.num_value_heads, site.step.tokens
    site.split_heads(net.num_key_heads)
    site.split_heads(heads)
    keys, values = net.num_key_heads * net.key_head_dim, heads * net.value_head_dim
    site.linear("q_proj", hidden, keys, "heads")
    site.linear("k_proj", hidden, keys, "heads")
    site.linear("v_proj", hidden, values, "heads")
    if net.kernel_rank is None:
        causal_convolution(site, "conv1d", 2 * keys + values, net.conv_kernel, "heads")
    else:
        generated_convolution(site, hidden, net.kernel_rank, values, net.conv_kernel)
    site.linear("a_proj", hidden, heads, "heads")
    site.linear("b_proj", hidden, heads, "heads")
    site.weight("A_log", (heads,), "heads")
    site.weight("dt_bias", (heads,), "heads")
    key_dim, value_dim = net.key_head_dim, net.value_head_dim
    _delta_rule(site, heads, key_dim, value_dim, net.chunk_size, net.state_dtype, channel_decay=False)
    site.linear("g_proj", hidden, values, "heads")
    site.norm("o_norm", Norm(net.value_head_dim), tokens * site.local(heads, "heads"))
    site.linear("o_proj", values, hidden, "row")


def lower_kimi_delta_attention(attention: KimiDeltaAttention, site: Site) -> None:
    """The same with a decay for each channel of a head."""
    hidden, heads, width = attention.hidden_size, attention.num_heads, attention.head_dim
    size = heads * width
    site.split_heads(heads)
    site.linear("q_proj", hidden, size, "heads")
    site.linear("k_proj", hidden, size, "heads")
    site.linear("v_proj", hidden, size, "heads")
    causal_convolution(site, "conv1d", 3 * size, attention.conv_kernel, "heads")
    _by_way_of(site, "f", hidden, attention.decay_rank, size)
    site.linear("b_proj", hidden, heads, "heads")
    site.weight("A_log", (heads,), "heads")
    site.weight("dt_bias", (size,), "heads")
    _delta_rule(site, heads, width, width, attention.chunk_size, attention.state_dtype, channel_decay=True)
    _by_way_of(site, "g", hidden, attention.gate_rank, size)
    site.norm("o_norm", Norm(width), site.step.tokens * site.local(heads, "heads"))
    site.linear("o_proj", size, hidden, "row")


def lower_lightning_attention(attention: LightningAttention, site: Site) -> None:
    """Blocks of tokens among themselves as attention, with earlier blocks by the state; a last block may be shorter."""
    hidden, heads, width, block = attention.hidden_size, attention.num_heads, attention.head_dim, attention.block_size
    size, step = heads * width, site.step
    site.split_heads(heads)
    every, tokens = step.batch_size * site.local(heads, "heads"), step.seq_len
    site.linear("qkv_proj", hidden, 3 * size, "heads", bias=attention.qkv_bias)
    if attention.qk_norm:
        for name in ("q_norm", "k_norm"):
            site.norm(name, Norm(width), width=size, sharding="heads")
    tables = (
        ("slope_rate", (heads, 1, 1)),
        ("query_decay", (heads, block, 1)),
        ("key_decay", (heads, block, 1)),
        ("diagonal_decay", (1, heads, block, block)),
    )
    for name, shape in tables if attention.tables else ():
        site.weight(name, shape, "heads", "buffer")
    if not _one_token_more(site):
        last = tokens - tokens // block * block
        for label, blocks, length in (("blocks", tokens // block, block), ("last_block", 1, last)):
            if blocks and length:
                batch = every * blocks
                for name, n, k in (("scores", length, width), ("values", width, length)):
                    site.product(
                        f"{label}.{name}", length, n, k, batch * length * width, batch=batch, kind="recurrence"
                    )
    state = every * width * width
    site.product("state_update", width, width, tokens, every * tokens * width, batch=every, kind="recurrence")
    site.product("state_read", tokens, width, width, state, batch=every, kind="recurrence")
    site.cache("state", size * width, "heads")
    if attention.normed:
        groups = attention.norm_groups
        site.norm("norm", Norm(size // groups, sets=groups), width=size, sharding="heads")
    if attention.gated:
        site.linear("output_gate", hidden, size, "heads", bias=attention.gate_bias)
    site.linear("out_proj", size, hidden, "row", bias=attention.o_bias)


def _one_token_more(site: Site) -> bool:
    """Whether the step is one of tokens one by one, from a state."""
    step = site.step
    return step.decode or (step.seq_len == 1 and step.context_len > 0)


def _by_way_of(site: Site, name: str, inputs: int, rank: int | None, outputs: int) -> None:
    if rank is None:
        site.linear(f"{name}_proj", inputs, outputs, "heads")
    else:
        site.linear(f"{name}_a_proj", inputs, rank, "replicated")
        site.linear(f"{name}_b_proj", rank, outputs, "heads")


def _delta_rule(
    site: Site, heads: int, key_dim: int, value_dim: int, chunk: int, state_dtype: str, *, channel_decay: bool
) -> None:
    """The delta rule's core: a chunk's tokens correct each other by a triangular system, the state by products.

    With one decay for a head the system and the scores are products, and solving the system is none that counts;
    with one for each channel they are elementwise sums, and the system's inverse is multiplied out.
    """
    step, own = site.step, site.local(heads, "heads")
    if _one_token_more(site):
        rows = step.batch_size * own * key_dim
        site.product("step", rows, value_dim, 0, rows * value_dim, state_dtype, kind="recurrence")
    else:
        batch = step.batch_size * own * ceil_div(step.seq_len, chunk)
        if channel_decay:
            system = (("new_values", chunk, value_dim, chunk), ("new_keys", chunk, key_dim, chunk))
        else:
            system = (("system", chunk, chunk, key_dim), ("scores", chunk, chunk, key_dim))
        for name, m, n, k in (
            *system,
            ("corrections", chunk, value_dim, key_dim),
            ("state_read", chunk, value_dim, key_dim),
            ("values", chunk, value_dim, chunk),
            ("state_update", key_dim, value_dim, chunk),
        ):
            site.product(f"chunks.{name}", m, n, k, batch * n * k, batch=batch, kind="recurrence")
    site.cache("state", heads * key_dim * value_dim, "heads", dtype=state_dtype)
