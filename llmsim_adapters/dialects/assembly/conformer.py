"""Sound encoders of conformer layers (arXiv:2005.08100), as the Gemmas have them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from llmsim_adapters.dialects.assembly.components import activation
from llmsim_adapters.dialects.assembly.decoder import layers
from llmsim_adapters.spec.components import (
    MLP,
    ClippingBounds,
    ConformerAttention,
    Convolution,
    ConvolutionModule,
    Norm,
    Projection,
)
from llmsim_adapters.spec.model import Block, ModelSpec, Stack, Sublayer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.components import Component


class Chunks(NamedTuple):
    """How attention is cut: so many frames a chunk, the keys of each, and the distances to these."""

    size: int
    context: int
    distances: int


def conformer(
    r: Reader,
    kernel: int,
    before: tuple[Component, ...],
    chunks: Chunks,
    after: tuple[Component, ...] = (),
    clipped_linears: int = 0,
) -> ModelSpec:
    """Return a tower of layers with half a feed-forward network on either side of attention and a convolution.

    `before` is what `subsampling` returns.
    """
    hidden, heads = r.size("hidden_size"), r.size("num_attention_heads")
    r.check("num_attention_heads", hidden % heads == 0, lambda: f"is {int(heads)}, which does not divide {int(hidden)}")
    norm = Norm(hidden)
    half = MLP(hidden_size=hidden, intermediate_size=4 * hidden, activation=activation(r), gated=False)
    attention = ConformerAttention(
        hidden_size=hidden,
        num_attention_heads=heads,
        head_dim=hidden // heads,
        chunk=chunks.size,
        context=chunks.context,
        distances=chunks.distances,
    )
    sublayers = [
        Sublayer((half,), (norm,), (norm,)),
        Sublayer((attention,), (norm,), (norm,)),
        Sublayer((ConvolutionModule(hidden_size=hidden, kernel=kernel),), (norm,)),
        Sublayer((half,), (norm,), (norm,)),
        Sublayer((norm,), skip=False),
    ]
    if clipped_linears:
        sublayers.append(Sublayer((ClippingBounds(linears=clipped_linears),), skip=False))
    block = Block("layer", tuple(sublayers))
    order, ran = (0,) * layers(r), ("rows",) * len(after)
    stack = Stack("encoder", (block,), order, before, after, axis="frames", before_rows=SUBSAMPLED, after_rows=ran)
    return ModelSpec(r.model_type, (stack,))


SUBSAMPLED: Final = ("convolved_1", "convolved_1", "convolved_2", "convolved_2", "rows")
"""The rows of two convolutions with their norms, and of the projection behind them."""


def channels(r: Reader, name: str) -> tuple[int, int]:
    """Read how many channels each of the two first convolutions has."""
    said = r.integers(name, 2) or (1, 1)
    return r.derive(f"{name}_0", said[0]), r.derive(f"{name}_1", said[1])


def subsampling(
    r: Reader, first: int, second: int, kernels: Sequence[tuple[int, int]], features: int
) -> tuple[Component, ...]:
    """Return two convolutions with a norm each, and the projection of the `features` left of each channel."""
    return (
        Convolution(input_channels=1, output_channels=first, kernel=kernels[0]),
        Norm(first, "layer"),
        Convolution(input_channels=first, output_channels=second, kernel=kernels[1]),
        Norm(second, "layer"),
        Projection(input_size=features * second, output_size=r.size("hidden_size")),
    )
