"""Tiles of pictures that are cut only where they are alone in a sequence: at one scale, or at several (VILA)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dataclass import dataclass
from llmsim_adapters.spec.media.tiles import Tiles, Tiling

if TYPE_CHECKING:
    from llmsim_adapters.spec.media.media import Kind, Media, MediaItem


@dataclass(frozen=True, slots=True, kw_only=True)
class LoneTiles(Tiles):
    """Tiles of a picture that is alone in its sequence; one of several is a tile, with `among_text` tokens beside it.

    The published `NVILALiteProcessor`.
    """

    among_text: int = 0

    def among(self, count: int) -> Media:
        return self if count == 1 else replace(self, tiling=Tiling(), text=0, tile_text=self.among_text)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScaledTiles(LoneTiles):
    """Tiles of a picture that is alone in its sequence, at several scales whose features are joined (S², 2403.13043).

    Before the tiles that the picture is cut into stand those of squares of so many tiles a side (`scales`). Each tile
    of the last scale becomes `tokens`, whose features are those of all scales, resized to it. Source: SGLang's
    `nvila.py`, `merge_features_for_dynamic_s2`, and VILA's `dynamic_s2_preprocess`.
    """

    scales: tuple[int, ...]

    def among(self, count: int) -> Media:
        return self if count == 1 else replace(self, scales=(), tiling=Tiling(), text=self.among_text)

    def see(self, kind: Kind, given: tuple[float, ...], preprocessed: bool) -> MediaItem:
        item = Tiles.see(self, kind, given, preprocessed)
        (rows, cut), *_ = item.pieces
        tiles = sum(scale * scale for scale in self.scales) + cut
        return item._replace(
            seen=(tiles, self.side, self.side),
            patches=tiles * self.patches,
            rows=tiles * rows,
            pieces=((rows, tiles),),
        )
