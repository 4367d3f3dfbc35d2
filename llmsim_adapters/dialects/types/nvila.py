"""NVILA: Qwen2 with SigLIP over tiles at three scales, four neighbours of whose features are projected (2412.04468).

Source: SGLang's `nvila.py`, whose projector takes 1,152 features of each scale, and VILA's processor.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from llmsim_adapters.dialects.assembly.media import square
from llmsim_adapters.dialects.assembly.tower import patches_per_side, tower
from llmsim_adapters.dialects.assembly.videos import with_videos
from llmsim_adapters.dialects.types import qwen2
from llmsim_adapters.spec.components import Norm, Projection
from llmsim_adapters.spec.media.refused import Refused
from llmsim_adapters.spec.media.scales import ScaledTiles
from llmsim_adapters.spec.media.tiles import BestAspect
from llmsim_adapters.spec.media.videos import FrameByFrame

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmsim_adapters.dialects.assembly.tower import Tower
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.components import Component
    from llmsim_adapters.spec.media.media import Media
    from llmsim_adapters.spec.media.tiles import Tiles
    from llmsim_adapters.spec.model import Stack

FEATURES: Final = 1152
"""The features of a patch that the classes' projectors take: those of SigLIP's larger model."""

MOST_TILES: Final = 12
_SCALES: Final = (1, 2, 3)
"""Tiles on a side of the square that a picture is resized to, scale by scale; of the last one, at least as many."""


def towers(whole: Reader, text: Reader) -> Iterator[Stack]:
    vision = tower(whole, "vision_config", "siglip_vision_model", fixed=True)
    if vision is not None:
        parts = downsampled(FEATURES * len(_SCALES), 2, text.size("hidden_size"))
        yield vision.running(tiled(vision, _scaled(vision))).then(*parts, rows=("tokens",) * len(parts))


def downsampled(width: int, side: int, hidden: int) -> tuple[Component, ...]:
    """Return a norm of `side` squared neighbours' features, and two projections to the language model's size."""
    wide = side * side * width
    into = Projection(input_size=wide, output_size=hidden, bias=True)
    return Norm(wide, "layer", bias=True), into, replace(into, input_size=hidden)


def tokens_of(r: Reader, side: int) -> int:
    """Return the tokens of a tile, `side` squared of whose patches are one, those at its borders padded."""
    across = -(-int(patches_per_side(r)) // side)
    return across * across


def tiled(vision: Tower, pictures: Tiles) -> Media:
    """Return a rule of tiles with that of videos, whose frames are a tile each, unless the projector refuses both."""
    width = int(vision.r.size("hidden_size"))
    if width != FEATURES:
        return Refused(reason=f"the projector takes {FEATURES} features of a patch, and the encoder gives {width}")
    frame = square(vision.r, tokens=pictures.tokens)
    return with_videos(pictures, FrameByFrame(frame=frame))


def _scaled(vision: Tower) -> Tiles:
    one = square(vision.r, tokens=tokens_of(vision.r, 2))
    *smaller, last = _SCALES
    return ScaledTiles(
        side=one.side,
        patches=one.patches,
        tokens=one.tokens,
        tiling=BestAspect(side=one.side, least=last * last, most=MOST_TILES, overview=False),
        scales=tuple(smaller),
        text=1,
        among_text=1,
    )


DIALECT = qwen2.DIALECT.like(
    "nvila",
    text_config="text_config",
    towers=towers,
    classes=("NVILAForConditionalGeneration",),
    ties="either",
)
