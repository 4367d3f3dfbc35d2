"""MobileNets, which some types have as encoders of pictures by the name that the library timm has for each.

A config states that name alone; what it stands for is in `NETS`, in the numbers of channels that timm rounds to.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final, NamedTuple

from llmsim_adapters.dataclass import dataclass
from llmsim_adapters.spec.components import BatchNorm, Convolution, Norm, Scale
from llmsim_adapters.spec.model import Block, Stack, Sublayer

if TYPE_CHECKING:
    from collections.abc import Iterable

    from llmsim_adapters.spec.components import Component

    Parts = tuple[Component, ...]


class Style(NamedTuple):
    """What all blocks of a net have alike: their norm, and whether a number for each channel scales their result."""

    norm: type[BatchNorm] | type[Norm]
    scaled: bool = False

    def scale(self, channels: int) -> Parts:
        return (Scale(size=channels),) if self.scaled else ()

    def convolution(self, inputs: int, outputs: int, side: int = 1, *, bias: bool = False) -> Parts:
        """Return a convolution with its norm."""
        return pixels(inputs, outputs, side, bias=bias), self.norm(outputs)

    def depthwise(self, channels: int, side: int) -> Parts:
        """Return a convolution of each channel by itself with its norm; none where it has no size."""
        if not side:
            return ()
        kernel = (side, side)
        convolution = Convolution(input_channels=channels, output_channels=channels, kernel=kernel, groups=channels)
        return convolution, self.norm(channels)


def pixels(inputs: int, outputs: int, side: int = 1, *, bias: bool = False) -> Convolution:
    """Return a convolution over squares of pixels, by default each by itself."""
    return Convolution(input_channels=inputs, output_channels=outputs, kernel=(side, side), bias=bias)


@dataclass(frozen=True, slots=True)
class Residual:
    """Two convolutions by way of `expanded` channels, the first over squares (fused; arXiv:2104.00298)."""

    channels: int
    expanded: int
    side: int

    def parts(self, inputs: int, style: Style) -> Parts:
        return (
            *style.convolution(inputs, self.expanded, self.side),
            *style.convolution(self.expanded, self.channels),
        )


@dataclass(frozen=True, slots=True)
class Inverted:
    """An inverted residual: each channel by itself before, or among the `expanded` ones (arXiv:1801.04381, 2404.10518).

    With `squeezed`, channels are weighed by way of so many numbers (arXiv:1709.01507); without `expanded`, there are no
    more channels than before.
    """

    channels: int
    expanded: int = 0
    before: int = 0
    among: int = 0
    squeezed: int = 0

    def parts(self, inputs: int, style: Style) -> Parts:
        expanded, squeezed = self.expanded or inputs, self.squeezed
        return (
            *style.depthwise(inputs, self.before),
            *(style.convolution(inputs, expanded) if self.expanded else ()),
            *style.depthwise(expanded, self.among),
            *((pixels(expanded, squeezed, bias=True), pixels(squeezed, expanded, bias=True)) if squeezed else ()),
            *style.convolution(expanded, self.channels),
            *style.scale(self.channels),
        )


@dataclass(frozen=True, slots=True)
class Attention:
    """Attention of all heads to one key and value of each pixel, or of each square of a `side` (arXiv:2404.10518)."""

    channels: int
    heads: int
    head_dim: int
    side: int = 0

    def parts(self, inputs: int, style: Style) -> Parts:
        width = self.heads * self.head_dim
        key = (*style.depthwise(inputs, self.side), pixels(inputs, self.head_dim))
        output = pixels(width, self.channels)
        return style.norm(inputs), pixels(inputs, width), *key, *key, output, *style.scale(self.channels)


@dataclass(frozen=True, slots=True)
class Plain:
    """A convolution."""

    channels: int

    def parts(self, inputs: int, style: Style) -> Parts:
        return style.convolution(inputs, self.channels)


Row = Residual | Inverted | Attention | Plain


@dataclass(frozen=True, slots=True)
class Net:
    """A net: a first convolution to `stem` channels, its blocks, and what stands behind them."""

    style: Style
    stem: int
    rows: tuple[Row, ...]
    after: Parts
    stem_bias: bool = False


_BATCH: Final = Style(BatchNorm)
_RMS: Final = Style(Norm)

NETS: Final = {
    "mobilenetv3_small_050": Net(  # arXiv:1905.02244, table 2, with half the channels
        _BATCH,
        stem=16,
        rows=(
            Inverted(8, among=3, squeezed=8),
            Inverted(16, 40, among=3),
            Inverted(16, 56, among=3),
            Inverted(24, 64, among=5, squeezed=16),
            *(Inverted(24, 144, among=5, squeezed=40),) * 2,
            *(Inverted(24, 72, among=5, squeezed=24),) * 2,
            Inverted(48, 144, among=5, squeezed=40),
            *(Inverted(48, 288, among=5, squeezed=72),) * 2,
            Plain(288),
        ),
        after=(pixels(288, 1024, bias=True),),
    ),
    "mobilenetv5_300m_enc": Net(  # that of Gemma 3n
        _RMS._replace(scaled=True),
        stem=64,
        stem_bias=True,
        rows=(
            Residual(128, 256, 3),
            *(Residual(128, 512, 3),) * 2,
            Inverted(256, 768, before=3, among=5),
            *(Inverted(256, 1024, before=5), Inverted(256, 1024, before=3)) * 2,
            Inverted(640, 1536, before=5, among=5),
            *(Inverted(640, 2560, before=5),) * 7,
            Inverted(640, 640),
            *(Attention(640, heads=12, head_dim=64, side=3), Inverted(640, 1280)) * 14,
            Inverted(1280, 3840, before=5, among=5),
            *(Attention(1280, heads=16, head_dim=96), Inverted(1280, 2560)) * 19,
        ),
        # What the last two sizes of picture have, joined.
        after=(*Inverted(2048, 3840).parts(640 + 1280, _RMS), Norm(2048)),
    ),
}


@cache
def encoder(name: str) -> Stack:
    """Return the tower that is the net of a name."""
    net = NETS[name]
    inputs, found, order = net.stem, dict[tuple[Row, int], Block](), []
    for row in net.rows:
        if (row, inputs) not in found:
            kind = row.__class__.__name__.lower()
            alike = sum(block.name.startswith(kind) for block in found.values())
            found[row, inputs] = Block(f"{kind}_{alike + 1}", _in_a_row(row.parts(inputs, net.style)))
        order.append(list(found).index((row, inputs)))
        inputs = row.channels
    before = net.style.convolution(3, net.stem, 3, bias=net.stem_bias)
    blocks = tuple(found.values())
    return Stack("encoder", blocks, tuple(order), before, net.after, axis="patches", counted_by="architecture")


def _in_a_row(parts: Iterable[Component]) -> tuple[Sublayer, ...]:
    return tuple([Sublayer((part,), skip=False) for part in parts])
