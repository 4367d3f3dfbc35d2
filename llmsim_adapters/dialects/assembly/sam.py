"""Segment Anything's encoder of pictures: the rule of what it runs (arXiv:2304.02643)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.media import GOT_OCR2, Settings, origin, rule, square
from llmsim_adapters.dialects.assembly.tower import patches_per_side
from llmsim_adapters.spec.media.tiles import BestAspect
from llmsim_adapters.traced import ceil_div

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.media.media import Media


def sam(whole: Reader, r: Reader, *, tokens: int) -> Media:
    """Return the rule of tiles whose patches are merged twice by convolutions of stride 2, `tokens` of them into one.

    Windows at the border are padded to whole ones. Setting: `crop_to_patches`, as `GotOcr2ImageProcessor` has it.
    """

    def made(images: Settings) -> Media:
        side, window = int(patches_per_side(r)), int(r.size("window_size"))
        across = int(ceil_div(side, window))
        tiling = None
        if images.flag("crop_to_patches", default=False):
            most = images.integer("max_patches", default=GOT_OCR2.most)
            tiling = BestAspect(side=int(r.size("image_size")), most=most)
        rule = square(r, tokens=side * side // tokens, tiling=tiling)
        return replace(
            rule,
            windows=((window * window, across * across),),
            named=(("halved", side * side // 4),),
            origin=origin(images, GOT_OCR2.name),
        )

    return rule(whole, "image", made)
