"""Sound encoders of conformer layers (arXiv:2005.08100), as the Gemmas have them."""

from __future__ import annotations

from dataclasses import replace
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
        Sublayer((ConvolutionModule(hidden_size=hidden, channels=hidden, kernel=kernel, norm=norm),), (norm,)),
        Sublayer((half,), (norm,), (norm,)),
        Sublayer((norm,), skip=False),
    ]
    if clipped_linears:
        sublayers.append(Sublayer((ClippingBounds(linears=clipped_linears),), skip=False))
    block = Block("layer", tuple(sublayers))
    order, ran = (0,) * layers(r), ("rows",) * len(after)
    stack = Stack("encoder", (block,), order, before, after, axis="frames", before_rows=SUBSAMPLED, after_rows=ran)
    return ModelSpec(r.model_type, (stack,))


def macaron(norm: Norm, half: MLP, attention: Component, module: Component) -> Block:
    """Return a layer whose parts are normalised before, and its result once more: a network's halves around both."""
    return Block(
        "layer",
        (
            *[Sublayer((part,), (norm,)) for part in (half, attention, module, half)],
            Sublayer((norm,), skip=False),
        ),
    )


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


class Separable(NamedTuple):
    """Convolutions that each halve frames and features, of each channel by itself but for the first, and a projection.

    `side` is that of their kernels. Behind one of channels by themselves, another mixes them (arXiv:1704.04861).
    """

    channels: int
    side: int
    times: int

    def parts(self, features: int, hidden: int) -> tuple[Component, ...]:
        """Return them, of `features` that are left of each channel, to the hidden size."""
        channels = self.channels
        first = Convolution(input_channels=1, output_channels=channels, kernel=(self.side,) * 2, bias=True)
        by_channel = replace(first, input_channels=channels, groups=channels)
        pointwise = replace(first, input_channels=channels, kernel=(1, 1))
        out = Projection(input_size=channels * features, output_size=hidden, bias=True)
        return (first, *(by_channel, pointwise) * (self.times - 1), out)

    @property
    def rows(self) -> tuple[str, ...]:
        """The rows that they run on."""
        later = [f"convolved_{number}" for number in range(2, self.times + 1) for _ in range(2)]
        return ("convolved_1", *later, "rows")
