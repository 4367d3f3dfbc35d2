"""MobileNets, which some types have as encoders of pictures by the name that the library timm has for each.

A config states that name alone; what it stands for is in `NETS`, in the numbers of channels that timm rounds to.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, ClassVar, Final, NamedTuple

from llmsim_adapters.dialects.assembly.media import Settings, origin, rule
from llmsim_adapters.spec.components import BatchNorm, Convolution, Norm, PixelAttention, Scale
from llmsim_adapters.spec.media.shrinking import Shrinking
from llmsim_adapters.spec.model import Block, Stack, Sublayer

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.components import Component
    from llmsim_adapters.spec.media.media import Media

    Parts = tuple[Component, ...]
    Placed = tuple[tuple[Component, int], ...]
    """Components, each with how many pixels of the picture's side are one where it runs."""


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
    stride: int = 1

    def parts(self, inputs: int, style: Style, pixel: int) -> Placed:
        first = style.convolution(inputs, self.expanded, self.side)
        return at(pixel * self.stride, *first, *style.convolution(self.expanded, self.channels))


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
    stride: int = 1

    def parts(self, inputs: int, style: Style, pixel: int) -> Placed:
        """Return its parts; the last convolution of each channel by itself leaves fewer pixels by its stride."""
        expanded, squeezed = self.expanded or inputs, self.squeezed
        fewer = pixel * self.stride
        earlier = pixel if self.among else fewer
        return (
            *at(earlier, *style.depthwise(inputs, self.before)),
            *at(earlier, *(style.convolution(inputs, expanded) if self.expanded else ())),
            *at(fewer, *style.depthwise(expanded, self.among)),
            *at(
                fewer,
                *((pixels(expanded, squeezed, bias=True), pixels(squeezed, expanded, bias=True)) if squeezed else ()),
            ),
            *at(fewer, *style.convolution(expanded, self.channels), *style.scale(self.channels)),
        )


@dataclass(frozen=True, slots=True)
class Attention:
    """Attention of all heads to one key and value of each pixel (arXiv:2404.10518).

    With a `side`, a convolution of each channel over such squares leaves a quarter of the pixels for keys and values.
    """

    channels: int
    heads: int
    head_dim: int
    side: int = 0

    stride: ClassVar[int] = 1

    def parts(self, inputs: int, style: Style, pixel: int) -> Placed:
        width, fewer = self.heads * self.head_dim, 2 * pixel if self.side else pixel
        key = (*style.depthwise(inputs, self.side), pixels(inputs, self.head_dim))
        core = PixelAttention(
            num_attention_heads=self.heads, head_dim=self.head_dim, queries=_rows(pixel), keys=_rows(fewer)
        )
        output = pixels(width, self.channels)
        return (
            *at(pixel, style.norm(inputs), pixels(inputs, width)),
            *at(fewer, *key, *key),
            *at(pixel, core, output, *style.scale(self.channels)),
        )


@dataclass(frozen=True, slots=True)
class Plain:
    """A convolution."""

    channels: int
    stride: ClassVar[int] = 1

    def parts(self, inputs: int, style: Style, pixel: int) -> Placed:
        return at(pixel, *style.convolution(inputs, self.channels))


def at(pixel: int, *components: Component) -> Placed:
    """Return components that all run where so many pixels of the picture's side are one."""
    return tuple([(component, pixel) for component in components])


def _rows(pixel: int) -> str:
    return f"pixels_of_{pixel}"


Row = Residual | Inverted | Attention | Plain


@dataclass(frozen=True, slots=True)
class Net:
    """A net: a first convolution to `stem` channels, its blocks, and what stands behind them."""

    style: Style
    stem: int
    rows: tuple[Row, ...]
    after: Placed
    stem_bias: bool = False


_BATCH: Final = Style(BatchNorm)
_RMS: Final = Style(Norm)

NETS: Final = {
    "mobilenetv3_small_050": Net(  # arXiv:1905.02244, table 2, with half the channels
        _BATCH,
        stem=16,
        rows=(
            Inverted(8, among=3, squeezed=8, stride=2),
            Inverted(16, 40, among=3, stride=2),
            Inverted(16, 56, among=3),
            Inverted(24, 64, among=5, squeezed=16, stride=2),
            *(Inverted(24, 144, among=5, squeezed=40),) * 2,
            *(Inverted(24, 72, among=5, squeezed=24),) * 2,
            Inverted(48, 144, among=5, squeezed=40, stride=2),
            *(Inverted(48, 288, among=5, squeezed=72),) * 2,
            Plain(288),
        ),
        after=at(32, pixels(288, 1024, bias=True)),
    ),
    "mobilenetv5_300m_enc": Net(  # that of Gemma 3n
        _RMS._replace(scaled=True),
        stem=64,
        stem_bias=True,
        rows=(
            Residual(128, 256, 3, stride=2),
            *(Residual(128, 512, 3),) * 2,
            Inverted(256, 768, before=3, among=5, stride=2),
            *(Inverted(256, 1024, before=5), Inverted(256, 1024, before=3)) * 2,
            Inverted(640, 1536, before=5, among=5, stride=2),
            *(Inverted(640, 2560, before=5),) * 7,
            Inverted(640, 640),
            *(Attention(640, heads=12, head_dim=64, side=3), Inverted(640, 1280)) * 14,
            Inverted(1280, 3840, before=5, among=5, stride=2),
            *(Attention(1280, heads=16, head_dim=96), Inverted(1280, 2560)) * 19,
        ),
        # What the last two sizes of picture have, joined in the larger one; a norm of what is left of that.
        after=(*Inverted(2048, 3840).parts(640 + 1280, _RMS, 16), (Norm(2048), 0)),
    ),
}


RUN: Final = ("mobilenetv5_300m_enc",)
"""The nets of which it is known what they run."""


@cache
def encoder(name: str) -> Stack:
    """Return the tower that is the net of a name."""
    net = NETS[name]
    inputs, pixel, found, order = net.stem, 2, dict[tuple[Row, int, int], Block](), []
    for row in net.rows:
        if (row, inputs, pixel) not in found:
            kind = row.__class__.__name__.lower()
            alike = sum(block.name.startswith(kind) for block in found.values())
            found[row, inputs, pixel] = Block(f"{kind}_{alike + 1}", _in_a_row(row.parts(inputs, net.style, pixel)))
        order.append(list(found).index((row, inputs, pixel)))
        inputs, pixel = row.channels, pixel * row.stride
    before = net.style.convolution(3, net.stem, 3, bias=net.stem_bias)
    blocks = tuple(found.values())
    return Stack(
        "encoder",
        blocks,
        tuple(order),
        before,
        tuple([part for part, _ in net.after]),
        axis="patches",
        counted_by="architecture",
        before_rows=(_rows(2),) * len(before),
        after_rows=tuple([_rows(pixel) if pixel else "results" for _, pixel in net.after]),
    )


def _in_a_row(parts: Placed) -> tuple[Sublayer, ...]:
    return tuple([Sublayer((part,), skip=False, rows=_rows(pixel)) for part, pixel in parts])


def scaled(whole: Reader, tokens: int) -> Media:
    """Return the rule of pictures that are scaled to one size, of whose pixels fewer and fewer are left.

    Setting of `SiglipImageProcessor`: `size`.
    """

    def made(images: Settings) -> Media:
        return Shrinking(
            side=images.side(default=224), shrunk=_SHRUNK, tokens=tokens, origin=origin(images, "SiglipImageProcessor")
        )

    return rule(whole, "image", made)


_SHRUNK: Final = (2, 4, 8, 16, 32)
