"""VQ-16, which makes pictures of tokens and tokens of pictures: two nets of convolutions (arXiv:2406.06525)."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final, NamedTuple

from llmsim_adapters.spec.components import Convolution, LearnedTokens, Norm, PositionEmbedding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmsim_adapters.spec.components import Component


class Net(NamedTuple):
    """The channels of VQ-16 at each resolution, of its latent states and of pixels in and out, and its blocks.

    There are so many blocks at a resolution; the net that makes pictures has one more.
    """

    widths: tuple[int, ...] = (128, 128, 256, 256, 512)
    latent: int = 256
    blocks: int = 2
    pixels: int = 3
    made: int = 3


VQ_16: Final = Net()
USES: Final = 65536
"""The numbers that count how often tokens are used, in Janus' own code."""


def vq(net: Net, tokens: int, width: int, *, uses: int = 0) -> tuple[Component, ...]:
    """Return the parts of both nets with a table of so many tokens of a `width`, and where any, `uses` counted ones."""
    return (
        *_encoder(net),
        _conv(net.latent, width, 1),
        PositionEmbedding(positions=tokens, hidden_size=width),
        *((LearnedTokens(hidden_size=uses),) if uses else ()),
        _conv(width, net.latent, 1),
        *_decoder(net),
    )


def _encoder(net: Net) -> Iterator[Component]:
    widths = net.widths
    yield _conv(net.pixels, widths[0])
    for before, after in pairwise((widths[0], *widths)):
        for number in range(net.blocks):
            yield from _residual(after if number else before, after)
    for _ in range(net.blocks):
        yield from _attention(widths[-1])
    for width in widths[:-1]:
        yield _conv(width, width)
    yield from _middle(widths[-1])
    yield from (_norm(widths[-1]), _conv(widths[-1], net.latent))


def _decoder(net: Net) -> Iterator[Component]:
    widths = net.widths
    yield _conv(net.latent, widths[-1])
    yield from _middle(widths[-1])
    for before, after in pairwise((widths[-1], *reversed(widths))):
        for number in range(net.blocks + 1):
            yield from _residual(after if number else before, after)
    for _ in range(net.blocks + 1):
        yield from _attention(widths[-1])
    for width in widths[1:]:
        yield _conv(width, width)
    yield from (_norm(widths[0]), _conv(widths[0], net.made))


def _middle(width: int) -> Iterator[Component]:
    yield from (*_residual(width, width), *_attention(width), *_residual(width, width))


def _residual(before: int, after: int) -> Iterator[Component]:
    yield from (_norm(before), _conv(before, after), _norm(after), _conv(after, after))
    if before != after:
        yield _conv(before, after, 1)


def _attention(width: int) -> Iterator[Component]:
    yield _norm(width)
    for _ in ("queries", "keys", "values", "results"):
        yield _conv(width, width, 1)


def _norm(width: int) -> Norm:
    return Norm(width, "layer", bias=True)


def _conv(before: int, after: int, side: int = 3) -> Convolution:
    return Convolution(input_channels=before, output_channels=after, kernel=(side, side), bias=True)
