"""Pictures that are cut into tiles of the encoder's size after they are resized: Idefics 3 and SmolVLM, LFM2-VL."""

from __future__ import annotations

import math
from typing import Final

from llmsim_adapters.dataclass import dataclass
from llmsim_adapters.spec.media.media import Kind, Media, MediaItem, refuse_parts
from llmsim_adapters.spec.media.tiles import BestAspect

_LARGEST_SIDE: Final = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class Split(Media):
    """The longer side is scaled to `longest_edge`; the picture is cut into tiles of `side`, with a view of the whole.

    `Idefics3ImageProcessor` and `Idefics3Processor` of transformers. Around a tile stand two tokens, behind a row of
    tiles one, and around the view of the whole three. Where nothing `splits`, a picture is one tile.
    """

    side: int
    patches: int
    tokens: int
    longest_edge: int
    splits: bool = True

    def see(self, kind: Kind, given: tuple[float, ...], preprocessed: bool) -> MediaItem:
        height, width = int(given[0]), int(given[1])
        if preprocessed:
            refuse_parts(height, width, self.side)
            down, across = height // self.side, width // self.side
        else:
            down, across = self._cut(height, width) if self.splits else (1, 1)
        tiles, text = (1, 3) if down * across == 1 else (down * across + 1, 2 * down * across + down + 3)
        count = tiles * self.patches
        seen = (tiles, self.side, self.side)
        return MediaItem(kind, given, seen, count, count, tiles * self.tokens, ((self.patches, tiles),), text=text)

    def _cut(self, height: int, width: int) -> tuple[int, int]:
        height, width = _longest(height, width, self.longest_edge)
        ratio = width / height
        if width >= height:
            wide = _whole(width, self.side)
            high = _whole(int(wide / ratio), self.side)
        else:
            high = _whole(height, self.side)
            wide = _whole(int(high * ratio), self.side)
        return max(1, high // self.side), max(1, wide // self.side)


def _longest(height: int, width: int, edge: int) -> tuple[int, int]:
    """Return the sides of a picture whose longer one is so long, the other one even; no side is beyond the largest."""
    ratio = width / height
    if width >= height:
        width, height = edge, int(edge / ratio)
        height += height % 2
    else:
        height, width = edge, int(edge * ratio)
        width += width % 2
    height, width = max(height, 1), max(width, 1)
    if max(height, width) > _LARGEST_SIDE:
        if width >= height:
            width, height = _LARGEST_SIDE, int(_LARGEST_SIDE / (width / height))
        else:
            height, width = _LARGEST_SIDE, int(_LARGEST_SIDE * (width / height))
    return max(height, 1), max(width, 1)


def _whole(length: int, side: int) -> int:
    return math.ceil(length / side) * side


@dataclass(frozen=True, slots=True, kw_only=True)
class PaddedPatches(Media):
    """Pictures are resized to a number of tokens; much larger ones are cut into tiles, with a view of the whole.

    `Lfm2VlImageProcessor` and `Lfm2VlProcessor` of transformers. Every tile is padded to as many patches as any may
    have, and projected so. A token stands before each picture and one behind it, one before each tile, and one before
    the view of the whole.
    """

    patch_size: int
    merge_size: int
    least_tokens: int
    most_tokens: int
    tile: int
    least_tiles: int
    most_tiles: int
    tolerance: float
    overview: bool = True

    def see(self, kind: Kind, given: tuple[float, ...], preprocessed: bool) -> MediaItem:
        height, width = int(given[0]), int(given[1])
        factor = self.patch_size * self.merge_size
        splits = not self.least_tiles == self.most_tiles == 1
        most = max(self.most_tokens * self.merge_size**2, (self.tile // self.patch_size) ** 2 if splits else 0)
        high, wide = (height, width) if preprocessed else self._resized(height, width, factor)
        if preprocessed:
            refuse_parts(height, width, factor)
        tokens, tiles, text = (high // factor) * (wide // factor), 1, 2
        if splits and not preprocessed and self._is_large(height, width, factor):
            grid = BestAspect(side=self.tile, least=self.least_tiles, most=self.most_tiles, overview=False)
            cut = grid.cut(height, width)
            views = 1 if self.overview and cut.tiles > 1 else 0
            tokens = cut.tiles * (self.tile // factor) ** 2 + views * tokens
            text += cut.tiles + views
            tiles = cut.tiles + views
        rows = tiles * most
        padded = tiles * (most // self.merge_size**2)
        named = (("padded", padded),)
        return MediaItem(kind, given, (tiles, high, wide), rows, rows, tokens, ((most, tiles),), text=text, named=named)

    def _resized(self, height: int, width: int, factor: int) -> tuple[int, int]:
        least, most = (count * factor * factor for count in (self.least_tokens, self.most_tokens))
        high, wide = (max(factor, round(side / factor) * factor) for side in (height, width))
        if high * wide > most:
            shrink = math.sqrt((height * width) / most)
            return max(factor, math.floor(height / shrink / factor) * factor), max(
                factor, math.floor(width / shrink / factor) * factor
            )
        if high * wide < least:
            stretch = math.sqrt(least / (height * width))
            return math.ceil(height * stretch / factor) * factor, math.ceil(width * stretch / factor) * factor
        return high, wide

    def _is_large(self, height: int, width: int, factor: int) -> bool:
        high, wide = (max(self.patch_size, round(side / factor) * factor) for side in (height, width))
        return high * wide > self.most_tokens * factor * factor * self.tolerance
