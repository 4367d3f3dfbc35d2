"""Ovis 2: Qwen2 with AIMv2, whose states become visual words, of which there is a table. `Ovis2Config`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from llmsim_adapters.dialects.assembly.media import Settings, origin, rule, square
from llmsim_adapters.dialects.assembly.tower import patch_count, tower
from llmsim_adapters.dialects.types import qwen2
from llmsim_adapters.spec.components import Projection
from llmsim_adapters.spec.media.tiles import BestAspect, Tiling
from llmsim_adapters.spec.media.tilings import Covering, GridTiles

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.media.media import Media
    from llmsim_adapters.spec.model import Stack


def towers(whole: Reader, text: Reader) -> Iterator[Stack]:
    vision = tower(whole, "vision_config", "ovis2_vision", fixed=True, without={"num_visual_indicator_tokens": 5})
    if vision is not None:
        hidden, said = text.size("hidden_size"), whole.raw.get("hidden_size", _HIDDEN)
        whole.contradicts("hidden_size", "hidden_size", said, f"{text.prefix}hidden_size", hidden)
        table = Projection(input_size=vision.r.size("vocab_size"), output_size=hidden)
        yield vision.running(_tiles(whole, vision.r)).then(table)


_HIDDEN: Final = 1536
"""The width of the table in the class's own size, where the whole config doesn't say it."""


def _tiles(whole: Reader, r: Reader) -> Media:
    """Return the rule of tiles. Settings: `crop_to_patches`, `use_covering_area_grid`, `min_patches`, `max_patches`."""

    def made(images: Settings) -> Media:
        side, stride = int(r.size("image_size")), int(r.size("hidden_stride"))
        most, tiling = images.tiles(default=12), Tiling()
        if images.flag("crop_to_patches", default=False) and most > 1:
            least = images.tiles("min_patches", default=1)
            covers = images.flag("use_covering_area_grid", default=True)
            tiling = Covering(side=side, most=most) if covers else BestAspect(side=side, least=least, most=most)
        tiles = square(r, tokens=patch_count(r) // (stride * stride), tiling=tiling, kind=GridTiles)
        return replace(tiles, origin=origin(images, "Ovis2ImageProcessor"))

    return rule(whole, "image", made)


DIALECT = qwen2.DIALECT.like(
    "ovis2",
    text_config="text_config",
    towers=towers,
    costless=dict.fromkeys(("hidden_size", "vocab_size"), "those of the language model are read"),
    tie_word_embeddings=True,
)
