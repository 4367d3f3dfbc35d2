"""The lowerings of the parts of encoders of pictures and sound."""

from __future__ import annotations

from math import isqrt
from typing import TYPE_CHECKING

from llmsim_adapters.lowerings.stored_parts import stored_part
from llmsim_adapters.spec.components import Norm
from llmsim_adapters.traced import ceil_div

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmsim_adapters.lowerings.site import Site
    from llmsim_adapters.spec.components import (
        LSTM,
        BlockAttention,
        ChannelAttention,
        ClippingBounds,
        Codebook,
        ConformerAttention,
        Convolution,
        ConvolutionModule,
        LearnedTokens,
        MelFilters,
        PixelAttention,
        PlaneAttention,
        PlanePositions,
        QueryAttention,
        RelativeKeyAttention,
        SeparableConvolutionModule,
    )
    from llmsim_adapters.spec.media.media import Pieces, Run


def lower_convolution(convolution: Convolution, site: Site) -> None:
    """A convolution whose results are the rows of the step; where its squares don't overlap it is a projection."""
    outputs, inputs, groups = convolution.output_channels, convolution.input_channels, convolution.groups
    apart = outputs
    if groups != 1:
        inputs, apart = inputs // groups, outputs // groups
    site.weight("weight", (outputs, inputs, *convolution.kernel), "replicated")
    if convolution.weight_norm:
        site.weight("length", (outputs, *[1 for _ in (0, *convolution.kernel)]), "replicated")
    if convolution.bias:
        site.weight("bias", (outputs,), "replicated")
    width = inputs
    for size in convolution.kernel:
        width = width * size
    own = stored_part(site, "weight", apart, width, "replicated")
    if own is not None:
        site.gather("product", site.step.tokens, apart, over=ceil_div(apart, own[0]))
        outputs = apart = own[0]
    site.product(
        "product",
        site.step.tokens,
        apart,
        width,
        outputs * width,
        batch=groups,
        kind="linear" if groups == 1 else "convolution",
    )
    if convolution.keeps:
        site.cache("state", convolution.input_channels * convolution.keeps, "replicated")


def lower_lstm(lstm: LSTM, site: Site) -> None:
    """All layers have the hidden size; a step of a sequence is multiplied by itself."""
    hidden, gates = lstm.hidden_size, 4 * lstm.hidden_size
    for layer in range(lstm.layers):
        for name in ("input", "state"):
            label = f"{name}_{layer + 1}"
            site.weight(f"{label}.weight", (gates, hidden), "replicated")
            site.weight(f"{label}.bias", (gates,), "replicated")
            site.product(label, site.step.tokens, gates, hidden, gates * hidden)


def lower_learned_tokens(tokens: LearnedTokens, site: Site) -> None:
    site.weight("weight", (tokens.count, tokens.hidden_size), "replicated")


def lower_mel_filters(filters: MelFilters, site: Site) -> None:
    bins, frequencies = filters.bins, filters.frequencies
    site.product("product", site.step.tokens, bins, frequencies, bins * frequencies)


def lower_plane_positions(table: PlanePositions, site: Site) -> None:
    site.weight("weight", (2, table.positions, table.hidden_size), "replicated")
    rows = 2 * site.step.tokens
    site.product("lookup", rows, table.hidden_size, 0, rows * table.hidden_size, kind="lookup")


def lower_plane_attention(plane: PlaneAttention, site: Site) -> None:
    """Attention whose windows are padded to whole ones, and the products of queries with distances on both axes."""
    attention, run, step = plane.attention, site.step.run, site.step
    pieces: Pieces = ()
    if run is not None:
        pieces = run.pieces if attention.window is None else run.windows
        site.step = step.of_rows(sum([length * count for length, count in pieces]))
    heads, size = site.local(attention.num_attention_heads, "heads"), attention.head_dim
    for axis in ("height", "width"):
        site.weight(f"{axis}_distances", (plane.distances, size), "replicated")
        for length, count in pieces if len(pieces) > 1 else ():
            # a square of another size than the table's gets one that is resampled to its own side
            rows = step.batch_size * count * length * heads
            side = isqrt(length)
            site.product(f"{axis}_scores_{length:d}", rows, side, size, (2 * side - 1) * size)
        if len(pieces) <= 1:
            side = (plane.distances + 1) // 2
            site.product(f"{axis}_scores", site.step.tokens * heads, side, size, plane.distances * size)
    site.lower(attention, "attention")
    site.step = step


def lower_pixel_attention(attention: PixelAttention, site: Site) -> None:
    """The core by picture: each has so many times the pixels of the encoder's last rows where it runs."""
    run, size = site.step.run, attention.head_dim
    heads, kv_heads = attention.num_attention_heads, attention.num_key_value_heads
    if run is None:
        return
    if attention.window:
        side, windows = attention.window, site.step.batch_size * run.count(attention.queries) // attention.window
        operand = windows * kv_heads * side * size
        for name, n, k in (("scores", side, size), ("values", size, side)):
            site.product(name, side, n, k, operand, batch=windows * heads, kind="attention")
        return
    for length, pictures, suffix in _pictures(run, site):
        queries, keys = (length * run.count(rows) // run.count("rows") for rows in (attention.queries, attention.keys))
        batch, operand = pictures * heads, pictures * kv_heads * keys * size
        for name, n, k in (("scores", keys, size), ("values", size, keys)):
            site.product(name + suffix, queries, n, k, operand, batch=batch, kind="attention")


def lower_channel_attention(attention: ChannelAttention, site: Site) -> None:
    """The core by picture, whose pixels are what channels' queries and keys are as wide as."""
    run, width = site.step.run, attention.channels
    if run is None:
        return
    for length, pictures, suffix in _pictures(run, site):
        pixels, batch = length * run.count(attention.pixels) // run.count("rows"), pictures * attention.groups
        for name, n, k in (("scores", width, pixels), ("values", pixels, width)):
            site.product(name + suffix, width, n, k, batch * width * pixels, batch=batch, kind="attention")


def _pictures(run: Run, site: Site) -> Iterator[tuple[int, int, str]]:
    """Yield each number of rows that pictures end in, how many do in this step, and how their operators are called."""
    for length, count in run.pieces:
        yield length, site.step.batch_size * count, f"_{length:d}" if len(run.pieces) > 1 else ""


def lower_codebook(table: Codebook, site: Site) -> None:
    if table.averaged:
        shapes = {"weight": (table.codes, table.size), "sums": (table.codes, table.size), "counts": (table.codes,)}
        for name, shape in {**shapes, "mark": (1,)}.items():
            site.weight(name, shape, "replicated", "buffer")
    else:
        site.table("weight", (table.codes, table.size), "replicated")
    site.product("nearest", site.step.tokens, table.codes, table.size, table.codes * table.size)


def lower_conformer_attention(attention: ConformerAttention, site: Site) -> None:
    hidden, heads, size = attention.hidden_size, attention.num_attention_heads, attention.head_dim
    width = heads * size
    site.split_heads(heads)
    for name in ("q_proj", "k_proj", "v_proj"):
        site.linear(name, hidden, width, "heads")
    site.linear("relative_k_proj", hidden, width, "heads", rows=attention.distances)
    site.weight("query_scale", (size,), "replicated")
    if site.step.run is not None:
        batch = site.step.batch_size * heads
        chunks = batch * sum([ceil_div(length, attention.chunk) * count for length, count in site.step.run.pieces])
        for name, n, k in (("scores", attention.context, size), ("values", size, attention.context)):
            operand = chunks * attention.context * size
            site.product(name, attention.chunk, n, k, operand, batch=chunks, kind="attention", sharding="heads")
        distances, queries = attention.distances, chunks * attention.chunk // heads
        site.product(
            "distance_scores",
            queries,
            distances,
            size,
            distances * width,
            batch=heads,
            kind="attention",
            sharding="heads",
        )
    site.linear("o_proj", width, hidden, "row")


def lower_relative_key_attention(relative: RelativeKeyAttention, site: Site) -> None:
    attention, step = relative.attention, site.step
    heads, size = attention.num_attention_heads, attention.head_dim
    pieces: Pieces = () if step.run is None else step.run.pieces
    distances = [(length, 2 * length - 1, step.batch_size * count) for length, count in pieces]
    site.split_heads(heads)
    rows = sum([each * count for _, each, count in distances])
    site.linear("relative_k_proj", attention.hidden_size, heads * size, "heads", rows=rows)
    for name in ("frame_query", "distance_query"):
        site.weight(name, (heads, size), "heads")
    for length, each, count in distances:
        name = f"distance_scores_{length:d}" if len(distances) > 1 else "distance_scores"
        batch = count * heads
        site.product(name, length, each, size, batch * each * size, batch=batch, kind="attention", sharding="heads")
    site.lower(attention, "attention")


def lower_block_attention(attention: BlockAttention, site: Site) -> None:
    hidden, heads, size, block = (
        attention.hidden_size,
        attention.num_attention_heads,
        attention.head_dim,
        attention.block,
    )
    width, step = heads * size, site.step
    blocks = padded = step.tokens
    if step.run is not None:
        blocks = step.batch_size * sum([ceil_div(length, block) * count for length, count in step.run.pieces])
        padded = blocks * block
    site.split_heads(heads)
    for name in ("q_proj", "k_proj", "v_proj"):
        site.linear(name, hidden, width, "heads", rows=padded)
    site.weight("distances", (attention.distances, size), "replicated")
    if step.run is not None:
        batch = blocks * heads
        for name, n, k in (("scores", block, size), ("values", size, block)):
            site.product(name, block, n, k, batch * block * size, batch=batch, kind="attention", sharding="heads")
        # Each query of a block is multiplied with vectors of its own, which all heads and blocks share.
        local = site.local(batch, "heads")
        site.product("distance_scores", local, block, size, block * block * size, batch=block, kind="attention")
    site.linear("o_proj", width, hidden, "row", bias=True)


def lower_query_attention(attention: QueryAttention, site: Site) -> None:
    hidden, heads, size, step = attention.hidden_size, attention.num_attention_heads, attention.head_dim, site.step
    width, run, bias = heads * size, site.step.run, attention.bias
    kv_heads = heads if attention.num_key_value_heads is None else attention.num_key_value_heads
    source, own = step.tokens, step.tokens
    if run is not None:
        source = step.batch_size * run.count("source")
        own = step.batch_size * run.count("once") if attention.once else own
    site.split_heads(heads, kv_heads)
    site.linear("q_proj", attention.query_size or hidden, width, "heads", rows=own, bias=bias)
    for name in ("k_proj", "v_proj"):
        site.linear(name, attention.source_size, kv_heads * size, "kv_heads", rows=source, bias=bias)
    if run is not None:
        sequences = step.batch_size * run.sequences
        queries, keys, batch = step.tokens // sequences, source // sequences, sequences * heads
        for name, n, k in (("scores", keys, size), ("values", size, keys)):
            site.product(name, queries, n, k, batch * keys * size, batch=batch, kind="attention", sharding="heads")
    site.linear("o_proj", width, hidden, "row", bias=bias)


def lower_convolution_module(module: ConvolutionModule, site: Site) -> None:
    hidden, channels, bias = module.hidden_size, module.channels, module.bias
    site.linear("gated_proj", hidden, 2 * channels, "replicated", bias=bias)
    site.weight("depthwise.weight", (channels, 1, module.kernel), "replicated")
    if module.depthwise_bias:
        site.weight("depthwise.bias", (channels,), "replicated")
    _depthwise(site, channels, module.kernel, site.step.tokens)
    if isinstance(module.norm, Norm):
        site.norm("norm", module.norm)
    else:
        site.lower(module.norm, "norm")
    site.linear("out_proj", channels, hidden, "replicated", bias=bias)


def _depthwise(site: Site, channels: int, kernel: int, rows: int) -> None:
    """Emit a convolution of each channel by itself over so many rows."""
    site.product("depthwise", rows, 1, kernel, channels * kernel, batch=channels, kind="convolution")


def lower_separable_convolution_module(module: SeparableConvolutionModule, site: Site) -> None:
    """Padding of both ends of a sequence is convolved: it is as much longer as the kernel is than a single frame."""
    hidden, gated, channels, out = module.hidden_size, module.gated_channels, module.channels, module.separable_channels
    rows = padded = site.step.tokens
    if site.step.run is not None:
        padded = rows + site.step.batch_size * site.step.run.sequences * (module.kernel - 1)
    for name, shape, length in (
        ("gated_conv", (2 * gated, hidden, 1), rows),
        ("depthwise", (channels, 1, module.kernel), padded),
        ("pointwise", (out, channels, 1), padded),
        ("out_conv", (gated, hidden, 1), rows),
    ):
        site.weight(f"{name}.weight", shape, "replicated")
        site.weight(f"{name}.bias", shape[:1], "replicated")
        if name == "depthwise":
            _depthwise(site, channels, module.kernel, length)
        else:
            site.product(name, length, shape[0], shape[1], shape[0] * shape[1])
    for name in ("value_bias", "gate_bias"):
        site.weight(name, (1, gated, 1), "replicated")


def lower_clipping_bounds(bounds: ClippingBounds, site: Site) -> None:
    site.weight("bounds", (bounds.linears, 4), "replicated", "buffer")
