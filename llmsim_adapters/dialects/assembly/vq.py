"""VQ-16, which makes pictures of tokens and tokens of pictures: two nets of convolutions (arXiv:2406.06525)."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final

from llmsim_adapters.spec.components import Convolution, LearnedTokens, Norm, PositionEmbedding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmsim_adapters.spec.components import Component

_WIDTHS: Final = (128, 128, 256, 256, 512)
"""The channels at each resolution."""
_LATENT: Final = 256
_DEEP: Final = 2
"""Blocks at a resolution; the decoder has one more."""
_USES: Final = 65536
"""The numbers that count how often tokens are used."""


def vq_16(tokens: int, width: int) -> tuple[Component, ...]:
    """Return the parts of VQ-16 with a table of so many tokens of a `width`."""
    return (
        *_encoder(),
        _conv(_LATENT, width, 1),
        PositionEmbedding(positions=tokens, hidden_size=width),
        LearnedTokens(hidden_size=_USES),
        _conv(width, _LATENT, 1),
        *_decoder(),
    )


def _encoder() -> Iterator[Component]:
    yield _conv(3, _WIDTHS[0])
    for before, after in pairwise((_WIDTHS[0], *_WIDTHS)):
        for number in range(_DEEP):
            yield from _residual(after if number else before, after)
    for _ in range(_DEEP):
        yield from _attention(_WIDTHS[-1])
    for width in _WIDTHS[:-1]:
        yield _conv(width, width)
    yield from _middle()
    yield from (_norm(_WIDTHS[-1]), _conv(_WIDTHS[-1], _LATENT))


def _decoder() -> Iterator[Component]:
    yield _conv(_LATENT, _WIDTHS[-1])
    yield from _middle()
    for before, after in pairwise((_WIDTHS[-1], *reversed(_WIDTHS))):
        for number in range(_DEEP + 1):
            yield from _residual(after if number else before, after)
    for _ in range(_DEEP + 1):
        yield from _attention(_WIDTHS[-1])
    for width in _WIDTHS[1:]:
        yield _conv(width, width)
    yield from (_norm(_WIDTHS[0]), _conv(_WIDTHS[0], 3))


def _middle() -> Iterator[Component]:
    width = _WIDTHS[-1]
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
