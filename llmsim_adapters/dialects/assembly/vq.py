"""Nets of convolutions that make codes of pictures and pictures of codes: VQ-GAN and its kin (arXiv:2012.09841).

Of a picture an encoder leaves half of each side at every level but the first; each pixel that is left has the code
whose vector in a table is nearest. A decoder goes the other way, which no step of text does.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final, NamedTuple

from llmsim_adapters.spec.components import (
    BatchNorm,
    Codebook,
    Convolution,
    LearnedTokens,
    Norm,
    PixelAttention,
    Projection,
)
from llmsim_adapters.spec.model import Block, ModelSpec, Stack, Sublayer

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.components import Component


class Net(NamedTuple):
    """The channels of a net: at its `base`, at each level, of its latent states, and of pixels in and out.

    There are so many residual `blocks` at a level, and one more in a decoder; behind each stands attention at the
    levels that it `attends` at. Attention is of one head, whose projections are convolutions of a pixel; or of `heads`,
    whose are linear layers. Norms of a decoder may be `conditioned` on the vectors of codes, so many features: two
    convolutions make gains and offsets of them (MoVQ, arXiv:2209.09002). Every so many `frames` become one.
    """

    base: int = 128
    widths: tuple[int, ...] = (128, 128, 256, 256, 512)
    latent: int = 256
    blocks: int = 2
    pixels: int = 3
    made: int = 3
    attends: frozenset[int] = frozenset({4})
    middle: bool = True
    heads: int = 0
    conditioned: int = 0
    frames: int = 1

    @property
    def last(self) -> int:
        """How many pixels of a picture's side are one where its codes are."""
        return int(2 ** (len(self.widths) - 1))

    @property
    def halvings(self) -> int:
        """How often the number of frames is halved."""
        return self.frames.bit_length() - 1


VQ_16: Final = Net()
USES: Final = 65536
"""The numbers that count how often tokens are used, in Janus' own code."""
CODES: Final = "codes"
"""The rows of codes, one for each pixel that is left of a picture."""

MOST_LEVELS: Final = 16

Part = tuple[str, str, tuple["Component", ...]]
"""A part of a net: what it is, the rows that it runs on, and its components."""


def read_net(r: Reader) -> Net:
    """Read the sizes of a net: `base_channels` times `channel_multiplier` at each level, `num_res_blocks` there."""
    base, said = r.size("base_channels"), r.integers("channel_multiplier") or ()
    r.check("channel_multiplier", bool(said), "has no level")
    r.check("channel_multiplier", len(said) <= MOST_LEVELS, f"has more than {MOST_LEVELS} levels")
    return Net(
        base=base,
        widths=tuple([base * times for times in said[:MOST_LEVELS] or (1,)]),
        latent=r.size("latent_channels"),
        blocks=int(r.size("num_res_blocks")),
        pixels=r.size("in_channels"),
    )


def levels_of(r: Reader, net: Net) -> frozenset[int]:
    """Read the levels with attention: those where a picture of `resolution` has a side of `attn_resolutions`."""
    sides, side = set(r.integers("attn_resolutions") or ()), int(r.size("resolution"))
    return frozenset(level for level in range(len(net.widths)) if side >> level in sides)


def vq(net: Net, codes: int, width: int, *, uses: int = 0) -> tuple[Component, ...]:
    """Return the components of both nets with a table of codes of a `width`, and where any, `uses` counted ones."""
    return (
        *_components(encoding(net)),
        _conv(net.latent, width, 1),
        Codebook(codes=codes, size=width),
        *((LearnedTokens(hidden_size=uses),) if uses else ()),
        _conv(width, net.latent, 1),
        *_components(decoding(net)),
    )


def encoder(r: Reader, net: Net, codes: int, width: int) -> ModelSpec:
    """Return a net that makes codes of pictures, `width` numbers each, as a model that is one stack."""
    blocks, order = in_blocks(encoding(net))
    into = _conv(net.latent, width, 1) if net.frames == 1 else _across_frames(net.latent, width)
    table = Codebook(codes=codes, size=width)
    stack = Stack(
        "encoder",
        blocks,
        order,
        after=(into, table),
        axis="patches",
        counted_by="num_res_blocks",
        after_rows=(CODES, CODES),
    )
    return ModelSpec(r.model_type, (stack,))


def decoder(name: str, net: Net, width: int) -> Stack:
    """Return the net that makes pictures of codes, which no step of text runs."""
    blocks, order = in_blocks(decoding(net))
    back = _conv(width, net.latent, 1) if net.frames == 1 else _across_frames(width, net.latent)
    return Stack(name, blocks, order, before=(back,), axis="codes", counted_by=f"{name}_num_res_blocks")


def in_blocks(parts: Iterable[Part]) -> tuple[tuple[Block, ...], tuple[int, ...]]:
    """Return the distinct blocks of a net's parts, one after the other, and which of them each part is."""
    found: dict[Part, Block] = {}
    order = []
    for part in parts:
        name, rows, components = part
        if part not in found:
            alike = sum(each == name for each, _, _ in found)
            layers = tuple([Sublayer((component,), skip=False, rows=rows) for component in components])
            found[part] = Block(f"{name}_{alike + 1}", layers)
        order.append(list(found).index(part))
    return tuple(found.values()), tuple(order)


def encoding(net: Net) -> Iterator[Part]:
    """Yield the parts of the net from pixels to latent states."""
    yield "convolution", _pixels(1), (_conv(net.pixels, net.base),)
    last = len(net.widths) - 1
    for level, (before, after) in enumerate(pairwise((net.base, *net.widths))):
        rows = _pixels(2**level)
        for number in range(net.blocks):
            yield "residual", rows, tuple(_residual(after if number else before, after))
            if level in net.attends:
                yield "attention", rows, tuple(_attention(net, after, rows))
        if level < last:
            yield "downsampling", _pixels(2 ** (level + 1)), (_conv(after, after),)
    width, rows = net.widths[-1], _pixels(net.last)
    yield from _middle(net, width, rows)
    yield "latent", rows, (_norm(width), _conv(width, net.latent))
    for halving in range(net.halvings):
        yield "frames", f"frames_of_{2 ** (halving + 1)}", (_over_frames(net.latent, 4),)
    if net.halvings:
        for _ in range(net.blocks):
            yield "temporal", CODES, tuple(_temporal(net.latent))


def decoding(net: Net) -> Iterator[Part]:
    """Yield the parts of the net from latent states to pixels; rows are those of the encoder at the same level."""
    width, rows, of = net.widths[-1], _pixels(net.last), net.conditioned
    if net.halvings:
        for _ in range(net.blocks):
            yield "temporal", rows, tuple(_temporal(net.latent))
    for _ in range(net.halvings):
        yield "frames", rows, (_over_frames(net.latent, 3),)
    yield "convolution", rows, (_conv(net.latent, width),)
    yield from _middle(net, width, rows, of)
    levels = range(len(net.widths) - 1, -1, -1)
    for level, (before, after) in zip(levels, pairwise((width, *reversed(net.widths))), strict=True):
        rows = _pixels(2**level)
        for number in range(net.blocks + 1):
            yield "residual", rows, tuple(_residual(after if number else before, after, of))
            if level in net.attends:
                yield "attention", rows, tuple(_attention(net, after, rows, of))
        if level:
            yield "upsampling", _pixels(2 ** (level - 1)), (_conv(after, after),)
    yield "pixels", _pixels(1), (*_norms(net.widths[0], of), _conv(net.widths[0], net.made))


def _middle(net: Net, width: int, rows: str, of: int = 0) -> Iterator[Part]:
    yield "residual", rows, tuple(_residual(width, width, of))
    if net.middle:
        yield "attention", rows, tuple(_attention(net, width, rows, of))
    yield "residual", rows, tuple(_residual(width, width, of))


def _residual(before: int, after: int, of: int = 0) -> Iterator[Component]:
    yield from (*_norms(before, of), _conv(before, after), *_norms(after, of), _conv(after, after))
    if before != after:
        yield _conv(before, after, 1)


def _attention(net: Net, width: int, rows: str, of: int = 0) -> Iterator[Component]:
    """Yield attention of all pixels of a frame to each other: projections, the core, and the output's projection."""
    one = Projection(input_size=width, output_size=width, bias=True) if net.heads else _conv(width, width, 1)
    heads = net.heads or 1
    yield from _norms(width, of)
    yield from (one, one, one)
    yield PixelAttention(
        num_attention_heads=heads, num_key_value_heads=heads, head_dim=width // heads, queries=rows, keys=rows
    )
    yield one


def _temporal(width: int) -> Iterator[Component]:
    for _ in range(2):
        yield from (BatchNorm(width), _over_frames(width, 3))


def _norms(width: int, of: int) -> Iterator[Component]:
    """Yield a norm, and what makes its gains and offsets of so many features of codes, if any do."""
    yield _norm(width)
    if of:
        yield from (_conv(of, width, 1), _conv(of, width, 1))


def _norm(width: int) -> Norm:
    return Norm(width, "layer", bias=True)


def _conv(before: int, after: int, side: int = 3) -> Convolution:
    return Convolution(input_channels=before, output_channels=after, kernel=(side, side), bias=True)


def _over_frames(width: int, frames: int) -> Convolution:
    return Convolution(input_channels=width, output_channels=width, kernel=(frames, 3, 3), bias=True)


def _across_frames(before: int, after: int) -> Convolution:
    return Convolution(input_channels=before, output_channels=after, kernel=(3, 1, 1), bias=True)


def _pixels(side: int) -> str:
    return f"pixels_of_{side}"


def _components(parts: Iterable[Part]) -> Iterator[Component]:
    """Yield the components of parts that nobody runs."""
    for _, _, components in parts:
        yield from components
