"""The lowerings of the parts of encoders of pictures and sound."""

from __future__ import annotations

from math import isqrt
from typing import TYPE_CHECKING

from llmsim_adapters.spec.components import Norm

if TYPE_CHECKING:
    from llmsim_adapters.lowerings.site import Site
    from llmsim_adapters.spec.components import (
        ClippingBounds,
        ConformerAttention,
        Convolution,
        ConvolutionModule,
        LearnedTokens,
        PlaneAttention,
        PlanePositions,
        SeparableConvolutionModule,
    )
    from llmsim_adapters.spec.media.media import Pieces


def lower_convolution(convolution: Convolution, site: Site) -> None:
    """A convolution whose results are the rows of the step; where its squares don't overlap it is a projection."""
    outputs, inputs, groups = convolution.output_channels, convolution.input_channels, convolution.groups
    apart = outputs
    if groups != 1:
        inputs, apart = inputs // groups, outputs // groups
    site.weight("weight", (outputs, inputs, *convolution.kernel), "replicated")
    if convolution.bias:
        site.weight("bias", (outputs,), "replicated")
    width = inputs
    for size in convolution.kernel:
        width = width * size
    site.product(
        "product",
        site.step.tokens,
        apart,
        width,
        outputs * width,
        batch=groups,
        kind="linear" if groups == 1 else "convolution",
    )


def lower_learned_tokens(tokens: LearnedTokens, site: Site) -> None:
    site.weight("weight", (tokens.count, tokens.hidden_size), "replicated")


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


def lower_conformer_attention(attention: ConformerAttention, site: Site) -> None:
    hidden, width = attention.hidden_size, attention.num_attention_heads * attention.head_dim
    site.split_heads(attention.num_attention_heads)
    for name in ("q_proj", "k_proj", "v_proj"):
        site.linear(name, hidden, width, "heads")
    site.linear("relative_k_proj", hidden, width, "heads")
    site.weight("query_scale", (attention.head_dim,), "replicated")
    site.linear("o_proj", width, hidden, "row")


def lower_convolution_module(module: ConvolutionModule, site: Site) -> None:
    hidden = module.hidden_size
    site.linear("gated_proj", hidden, 2 * hidden, "replicated")
    site.weight("depthwise.weight", (hidden, 1, module.kernel), "replicated")
    site.norm("norm", Norm(hidden))
    site.linear("out_proj", hidden, hidden, "replicated")


def lower_separable_convolution_module(module: SeparableConvolutionModule, site: Site) -> None:
    hidden, gated, channels, out = module.hidden_size, module.gated_channels, module.channels, module.separable_channels
    for name, shape in (
        ("gated_conv", (2 * gated, hidden, 1)),
        ("depthwise", (channels, 1, module.kernel)),
        ("pointwise", (out, channels, 1)),
        ("out_conv", (gated, hidden, 1)),
    ):
        site.weight(f"{name}.weight", shape, "replicated")
        site.weight(f"{name}.bias", shape[:1], "replicated")
    for name in ("value_bias", "gate_bias"):
        site.weight(name, (1, gated, 1), "replicated")


def lower_clipping_bounds(bounds: ClippingBounds, site: Site) -> None:
    site.weight("bounds", (bounds.linears, 4), "replicated", "buffer")
