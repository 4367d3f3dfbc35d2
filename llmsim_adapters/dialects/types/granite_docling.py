"""Granite Docling: Granite with SigLIP's picture encoder over tiles of a page. Source: `GraniteDoclingConfig`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.media import Settings, origin, rule, square
from llmsim_adapters.dialects.assembly.tower import patch_count, tower
from llmsim_adapters.dialects.types import granite_docling_text
from llmsim_adapters.spec.media.refused import Refused
from llmsim_adapters.spec.media.tiles import BestAspect, Tiling
from llmsim_adapters.spec.media.tilings import MarkedTiles

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.media.media import Media
    from llmsim_adapters.spec.model import Stack

_LONGEST = 16
"""Tiles on a side of the grid: the tokenizer has marks for so many."""


def towers(whole: Reader, _: Reader) -> Iterator[Stack]:
    if whole.optional_size("density_router_hidden_size") is not None:
        whole.not_modelled("density_router")
    vision = tower(whole, "vision_config", "granite_docling_vision", fixed=True)
    if vision is not None:
        yield vision.running(_tiles(whole, vision.r)).stack


def _tiles(whole: Reader, r: Reader) -> Media:
    """Return the rule of tiles. Settings: `crop_to_patches`, `min_patches`, `max_patches`, `fine_route`."""

    def made(images: Settings) -> Media:
        if images.flag("fine_route", default=False) or images.integer("dense_max_patches", default=0):
            return Refused(reason="`fine_route` and `dense_max_patches` choose by what is on a page")
        side, stride = int(r.size("image_size")), int(r.size("scale_factor"))
        most, tiling = images.tiles(default=32), Tiling()
        if images.flag("crop_to_patches", default=True) and most > 1:
            least = images.tiles("min_patches", default=1)
            tiling = BestAspect(side=side, least=least, most=most, longest=_LONGEST)
        tiles = square(r, tokens=patch_count(r) // (stride * stride), tiling=tiling, kind=MarkedTiles)
        return replace(tiles, origin=origin(images, "GraniteDoclingImageProcessor"))

    return rule(whole, "image", made)


DIALECT = granite_docling_text.DIALECT.like(
    "granite_docling",
    text_config="text_config",
    towers=towers,
    costless=dict.fromkeys(
        ("density_router_loss_weight", "density_router_threshold"), "of a router that this model does not have"
    ),
)
