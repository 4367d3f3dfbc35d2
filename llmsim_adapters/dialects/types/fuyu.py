"""Fuyu: Persimmon whose tokens may be patches of pictures, projected without an encoder. Source: `FuyuConfig`.

Published configs have the language model's keys at the top.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.media import Settings, origin, rule
from llmsim_adapters.dialects.types import persimmon
from llmsim_adapters.spec.components import Projection
from llmsim_adapters.spec.media.padded import WholePatches
from llmsim_adapters.spec.model import Stack

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.media.media import Media


def towers(whole: Reader, text: Reader) -> Iterator[Stack]:
    side = whole.size("patch_size")
    pixels = side * side * whole.size("num_channels")
    projection = Projection(input_size=pixels, output_size=text.size("hidden_size"), bias=True)
    yield Stack("vision", (), (), before=(projection,), axis="patches", media=_patches(whole, int(side)))


def _patches(whole: Reader, side: int) -> Media:
    """Return the rule of whole patches. Setting: `size`, the largest height and width."""

    def made(images: Settings) -> Media:
        return WholePatches(
            patch_size=side,
            marked=True,
            height=images.integer("size.height", default=1080),
            width=images.integer("size.width", default=1920),
            origin=origin(images, "FuyuImageProcessor"),
        )

    return rule(whole, "image", made)


DIALECT = persimmon.DIALECT.like(
    "fuyu",
    towers=towers,
    costless={"image_size": "how many patches a picture is cut into: no table of positions"},
    num_channels=3,
    patch_size=30,
)
