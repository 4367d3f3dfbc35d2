"""Rules of pictures that are cut into tiles after they are resized, from the settings of their processors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from llmsim_adapters.dialects.assembly.media import Settings, origin, rule
from llmsim_adapters.dialects.assembly.tower import patch_count
from llmsim_adapters.spec.media.split import PaddedPatches, Split

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.media.media import Media


_MOST_TILES: Final = 1000


def split(whole: Reader, r: Reader, merge: int) -> Media:
    """Return the rule of tiles of the encoder's size, `merge` squared patches of which are one token.

    Settings of `Idefics3ImageProcessor`: `size.longest_edge`, `max_image_size.longest_edge`, `do_image_splitting`.
    """

    def made(images: Settings) -> Media:
        patches = int(patch_count(r))
        return Split(
            side=images.integer("max_image_size.longest_edge", default=364),
            patches=patches,
            tokens=patches // int(merge * merge),
            longest_edge=images.integer("size.longest_edge", default=4 * 364),
            splits=images.flag("do_image_splitting", default=True),
            origin=origin(images, "Idefics3ImageProcessor"),
        )

    return rule(whole, "image", made)


def padded(whole: Reader, r: Reader, merge: int) -> Media:
    """Return the rule of pictures that are padded to a number of patches, `merge` squared of which are one token.

    Settings of `Lfm2VlImageProcessor`, by their names; the config may state some of them, too.
    """

    def made(images: Settings) -> Media:
        tiles = images.flag("do_image_splitting", default=True)
        tolerance = images.number("max_pixels_tolerance", default=2.0)
        return PaddedPatches(
            patch_size=int(r.size("patch_size")),
            merge_size=int(merge),
            least_tokens=images.integer("min_image_tokens", default=64),
            most_tokens=images.integer("max_image_tokens", default=256),
            tile=images.integer("tile_size", default=512),
            least_tiles=images.integer("min_tiles", default=2) if tiles else 1,
            most_tiles=min(images.integer("max_tiles", default=10), _MOST_TILES) if tiles else 1,
            tolerance=tolerance,
            overview=images.flag("use_thumbnail", default=True),
            origin=origin(images, "Lfm2VlImageProcessor"),
        )

    return rule(whole, "image", made)
