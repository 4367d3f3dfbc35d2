"""The lowerings of mixers with a state: projections, the convolution, the recurrence, and the states."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.lowerings.convolution import causal_convolution, centred_convolution, plane_convolution
from llmsim_adapters.spec.components import Norm
from llmsim_adapters.traced import ceil_div

if TYPE_CHECKING:
    from llmsim_adapters.graph.operator import Sharding
    from llmsim_adapters.lowerings.site import Site
    from llmsim_adapters.spec.components import (
        ChannelMix,
        GatedLinearRecurrence,
        Mamba,
        Mamba2,
        MatrixLSTM,
        ShortConvolution,
        TimeMix,
    )


def lower_short_convolution(convolution: ShortConvolution, site: Site) -> None:
    """Both gates and the convolution's input come from one projection."""
    hidden, bias = convolution.hidden_size, convolution.bias
    site.linear("in_proj", hidden, 3 * hidden, "column", bias=bias)
    if convolution.plane:
        plane_convolution(site, "conv", hidden, convolution.conv_kernel, "column", bias=bias)
    elif convolution.causal:
        causal_convolution(site, "conv", hidden, convolution.conv_kernel, "column", bias=bias)
    else:
        centred_convolution(site, "conv", hidden, convolution.conv_kernel, "column", bias=bias)
    site.linear("out_proj", hidden, hidden, "row", bias=bias)


def lower_mamba(mamba: Mamba, site: Site) -> None:
    """A selective state space: of the recurrence only the read-out of the states is a matrix product."""
    hidden, inner, state, rank = mamba.hidden_size, mamba.intermediate_size, mamba.state_size, mamba.time_step_rank
    tokens, heads = site.step.tokens, 1
    site.linear("in_proj", hidden, 2 * inner, "column", bias=mamba.bias)
    causal_convolution(site, "conv1d", inner, mamba.conv_kernel, "column", bias=mamba.conv_bias)
    if mamba.heads is None:
        channels: tuple[int, ...] = (inner,)
        site.linear("x_proj", inner, rank + 2 * state, "row")
        site.linear("dt_proj", rank, inner, "column", bias=True)
    else:
        heads = mamba.heads
        channels = (heads, inner // heads)
        for name, outputs, inputs in (("x_proj", rank + 2 * state, channels[1]), ("dt_proj", channels[1], rank)):
            site.weight(f"{name}_weight", (heads, outputs, inputs), "heads")
            site.product(name, tokens, outputs, inputs, heads * outputs * inputs, batch=heads, sharding="heads")
        site.weight("dt_proj_bias", channels, "heads")
    if mamba.input_norms:
        site.norm("dt_layernorm", Norm(rank))
        site.norm("b_layernorm", Norm(state))
        site.norm("c_layernorm", Norm(state))
    sharding: Sharding = "column" if mamba.heads is None else "heads"
    site.weight("A_log", (*channels, state), sharding)
    site.weight("D", channels, sharding)
    width, own = channels[-1], tokens
    if mamba.heads is None:
        width = site.local(inner, "column")
    else:
        own = tokens * site.local(heads, "heads")
    site.product("states", width, 1, state, own * state, batch=own, kind="recurrence")
    site.linear("out_proj", inner, hidden, "row", bias=mamba.bias)
    site.cache("state", inner * state, sharding)


def lower_mamba2(mamba: Mamba2, site: Site) -> None:
    """A state space with heads: in chunks of tokens in a prefill, token by token in a decode step.

    One group of input and output matrices that all heads share is on every rank.
    """
    hidden, heads, width, state = mamba.hidden_size, mamba.num_heads, mamba.head_dim, mamba.state_size
    inner, step = heads * width, site.step
    site.split_heads(heads)
    groups, shared, copied = mamba.num_groups, 2 * mamba.num_groups * state, 0
    own = groups
    if groups == 1:
        copied = shared
    else:
        site.split_heads(groups)
        own = site.local(groups, "heads")
    channels = inner + shared
    site.linear("in_proj", hidden, inner + channels + heads, "column", bias=mamba.bias, copied=copied)
    causal_convolution(site, "conv1d", channels, mamba.conv_kernel, "column", bias=mamba.conv_bias, copied=copied)
    for name in ("dt_bias", "A_log", "D"):
        site.weight(name, (heads,), "heads")
    if step.decode or (step.seq_len == 1 and step.context_len):
        operands = step.tokens * own * state
        batch = step.tokens * site.local(heads, "heads")
        site.product("states", width, 1, state, operands, batch=batch, kind="recurrence")
    else:
        _chunks(mamba, site)
    if mamba.output_norm is not None:
        site.norm("norm", mamba.output_norm, width=inner, sharding="heads")
    site.linear("out_proj", inner, hidden, "row", bias=mamba.out_bias)
    site.cache("state", heads * width * state, "heads")


def lower_matrix_lstm(lstm: MatrixLSTM, site: Site) -> None:
    """An mLSTM: matrix, normaliser and largest exponent of each head are kept."""
    hidden, heads, keys, values, bias = lstm.hidden_size, lstm.num_heads, lstm.key_width, lstm.value_width, lstm.bias
    site.split_heads(heads)
    for name, width in (("q", keys), ("k", keys), ("v", values), ("ogate_preact", values)):
        site.linear(name, hidden, width, "heads", bias=bias)
    for name in ("igate_preact", "fgate_preact"):
        site.linear(name, hidden, heads, "heads", bias=True)
    step, chunk = site.step, lstm.chunk_size
    key, value = keys // heads, values // heads
    chunks = step.seq_len // chunk
    every = step.batch_size * site.local(heads, "heads")
    if chunks:
        for name, m, n, k in (
            ("chunk_states", key, value, chunk),
            ("scores", chunk, chunk, key),
            ("values", chunk, value, chunk),
            ("states", chunk, value, key),
            ("normaliser", chunk, 1, key),
        ):
            batch = every * chunks
            site.product(f"chunks.{name}", m, n, k, batch * n * k, batch=batch, kind="recurrence")
    rest = every * (step.seq_len - chunks * chunk)
    if rest:
        for name, m, n, k in (("update", key, value, 1), ("states", 1, value, key), ("normaliser", 1, 1, key)):
            site.product(f"tokens.{name}", m, n, k, rest * n * k, batch=rest, kind="recurrence")
    site.norm("multihead_norm", lstm.output_norm, width=values, sharding="heads")
    site.linear("out_proj", values, hidden, "row", bias=bias)
    site.cache("state", heads * key * value, "heads")
    site.cache("state", heads * key, "heads")
    site.cache("state", heads, "heads")


def lower_gated_linear_recurrence(block: GatedLinearRecurrence, site: Site) -> None:
    """Griffin's recurrent block: the recurrence itself is elementwise, its two gates are projections by group."""
    hidden, width, heads, kernel = block.hidden_size, block.width, block.heads, block.conv_kernel
    group, tokens = width // heads, site.step.tokens
    site.linear("linear_y", hidden, width, "column", bias=True)
    site.linear("linear_x", hidden, width, "column", bias=True)
    causal_convolution(site, "conv_1d", width, kernel, "column", bias=True, kept=kernel - 1)
    site.weight("rg_lru.recurrent_param", (width,), "column")
    for name in ("rg_lru.input_gate", "rg_lru.recurrent_gate"):
        site.weight(f"{name}_weight", (heads, group, group), "heads")
        site.weight(f"{name}_bias", (heads, group), "heads")
        site.product(name, tokens, group, group, heads * group * group, batch=heads, sharding="heads")
    site.linear("linear_out", width, hidden, "row", bias=True)
    site.cache("state", width, "column")


def lower_rwkv_time_mix(mix: TimeMix, site: Site) -> None:
    """RWKV over time: numerator, denominator and largest exponent of each channel, and the token before, are kept."""
    hidden, width = mix.hidden_size, mix.width
    _shift(site, hidden, ("key", "value", "receptance"))
    site.weight("time_decay", (width,), "column")
    site.weight("time_first", (width,), "column")
    for name in ("key", "value", "receptance"):
        site.linear(name, hidden, width, "column")
    site.linear("output", width, hidden, "row")
    site.cache("state", hidden, "replicated")
    for _ in ("numerator", "denominator", "exponent"):
        site.cache("state", width, "column")


def lower_rwkv_channel_mix(mix: ChannelMix, site: Site) -> None:
    """RWKV's feed-forward network: the token before is kept."""
    hidden, inner = mix.hidden_size, mix.intermediate_size
    _shift(site, hidden, ("key", "receptance"))
    site.linear("key", hidden, inner, "column")
    site.linear("receptance", hidden, hidden, "replicated")
    site.linear("value", inner, hidden, "row")
    site.cache("state", hidden, "replicated")


def _shift(site: Site, hidden: int, names: tuple[str, ...]) -> None:
    """Of each input, how much is the token's and how much that of the token before."""
    for name in names:
        site.weight(f"time_mix_{name}", (1, 1, hidden), "replicated")


def _chunks(mamba: Mamba2, site: Site) -> None:
    """The products of the chunked scan (Mamba-2, section 6): inside each chunk as attention, between them by states.

    The last chunk is padded; every head has its group's matrices, and each chunk's first state is a sum over all
    earlier ones.
    """
    heads, width = site.local(mamba.num_heads, "heads"), mamba.head_dim
    state, chunk = mamba.state_size, mamba.chunk_size
    sequences = site.step.batch_size
    chunks = ceil_div(site.step.seq_len, chunk)
    every, ends = sequences * chunks * heads, chunks + 1
    for name, m, n, k, batch in (
        ("scores", chunk, chunk, state, every),
        ("values", chunk, width, chunk, every),
        ("chunk_states", state, width, chunk, every),
        ("first_states", ends, width * state, ends, sequences * heads),
        ("states", chunk, width, state, every),
    ):
        site.product(f"scan.{name}", m, n, k, batch * n * k, batch=batch, kind="recurrence")
