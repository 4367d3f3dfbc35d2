"""Segment Anything's encoder of pictures: the rules of what it runs, and what stands behind it (arXiv:2304.02643)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, NamedTuple

from llmsim_adapters.dialects.assembly.media import GOT_OCR2, Settings, origin, rule, square
from llmsim_adapters.dialects.assembly.tower import patches_per_side
from llmsim_adapters.spec.components import Convolution, Norm
from llmsim_adapters.spec.media.refused import Refused
from llmsim_adapters.spec.media.tiles import BestAspect, Tiling
from llmsim_adapters.spec.media.views import Views, ViewsAgain
from llmsim_adapters.traced import ceil_div

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.components import Component
    from llmsim_adapters.spec.media.media import Media
    from llmsim_adapters.spec.media.tiles import Tiles


def sam(whole: Reader, r: Reader, *, tokens: int) -> Media:
    """Return the rule of tiles whose patches are merged twice by convolutions of stride 2, `tokens` of them into one.

    Windows at the border are padded to whole ones. Setting: `crop_to_patches`, as `GotOcr2ImageProcessor` has it.
    """

    def made(images: Settings) -> Media:
        side, tiling = int(patches_per_side(r)), None
        if images.flag("crop_to_patches", default=False):
            most = images.tiles(default=GOT_OCR2.most)
            tiling = BestAspect(side=int(r.size("image_size")), most=most)
        tiles = replace(windowed(r), tokens=side * side // tokens, tiling=tiling or Tiling())
        return replace(tiles, origin=origin(images, GOT_OCR2.name))

    return rule(whole, "image", made)


def windowed(r: Reader) -> Tiles:
    """Return the rule of one square whose windows at the border are padded to whole ones, and which become no token."""
    side, window = int(patches_per_side(r)), int(r.size("window_size"))
    across = int(ceil_div(side, window))
    return replace(
        square(r, tokens=0),
        windows=((window * window, across * across),),
        named=(("halved", side * side // 4),),
    )


def neck(width: int, channels: int) -> tuple[Component, ...]:
    """Return the two convolutions that narrow hidden states of a `width` to so many channels, each with a norm."""
    narrow = Convolution(input_channels=width, output_channels=channels, kernel=(1, 1))
    norm = Norm(channels, "layer", bias=True)
    return narrow, norm, replace(narrow, input_channels=channels, kernel=(3, 3)), norm


class Cropping(NamedTuple):
    """A class of processors that add tiles to a view of the whole: their size, and how many there are by default.

    Unless `crop_to_patches` is said to be false, in which case the whole is `refused` where its processor then writes
    other tokens than its encoder makes. What no file says is `fixed` in software that reads no settings.
    """

    name: str
    tile: int
    most: int
    lines: bool
    refused: str = ""
    fixed: bool = False
    most_cut: int = 0
    alone: bool = False


_OTHERWISE: Final = (
    "without `crop_to_patches` the class's processor writes tokens of another view than its encoder gets"
)

DEEPSEEK_OCR2: Final = Cropping("DeepseekOcr2ImageProcessor", 768, 6, lines=False, refused=_OTHERWISE)
UNLIMITED_OCR: Final = Cropping("UnlimitedOcrImageProcessor", 640, 32, lines=True)
SGLANG_OCR: Final = Cropping("SGLang's deepseek_ocr.py", 640, 6, lines=True, fixed=True, most_cut=2)
SGLANG_OCR2: Final = SGLANG_OCR._replace(tile=768, lines=False)
SGLANG_UNLIMITED_OCR: Final = SGLANG_OCR._replace(name="SGLang's unlimited_ocr.py", most=32, most_cut=0, alone=True)

_LEAST_TILES: Final = 2
_VIEW: Final = 1024
_PATCHES_A_TOKEN: Final = 4
"""Patches a side that two convolutions of stride 2 make one of."""


def viewed(whole: Reader, r: Reader, of: Cropping, *, extra: int = 0, doubled: bool = False) -> tuple[Media, Media]:
    """Return the rules of views: of SAM's encoder, and of the second one, which has `extra` states or `doubled` ones.

    Settings: `size`, `tile_size`, `crop_to_patches`, `min_patches`, `max_patches`.
    """

    def made(images: Settings) -> Views | Refused:
        crops = of.fixed or images.flag("crop_to_patches", default=True)
        if not crops and of.refused:
            return Refused(reason=of.refused)
        tile = of.tile if of.fixed else images.integer("tile_size", default=of.tile)
        least = _LEAST_TILES if of.fixed else images.tiles("min_patches", default=_LEAST_TILES)
        most = of.most if of.fixed else images.tiles(default=of.most)
        return Views(
            side=_VIEW if of.fixed else images.side(default=_VIEW),
            tile=tile,
            tiling=BestAspect(side=tile, least=least, most=most, overview=False) if crops else None,
            patch_size=int(r.size("patch_size")),
            merge=_PATCHES_A_TOKEN,
            window=int(r.size("window_size")),
            most_cut=of.most_cut,
            alone=of.alone,
            origin="" if of.fixed else origin(images, of.name),
        )

    first = rule(whole, "image", made)
    if not isinstance(first, Views):
        return first, first
    return first, ViewsAgain(
        side=first.side,
        tile=first.tile,
        tiling=first.tiling,
        patch_size=first.patch_size,
        merge=first.merge,
        most_cut=first.most_cut,
        alone=first.alone,
        extra=extra,
        doubled=doubled,
        lines=of.lines,
    )
