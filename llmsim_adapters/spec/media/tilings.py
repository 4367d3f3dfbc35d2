"""More rules that cut pictures into tiles, and tiles that have marks around them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from llmsim_adapters.dataclass import dataclass
from llmsim_adapters.spec.media.tiles import Cut, Tiles, Tiling, best_listed

if TYPE_CHECKING:
    from llmsim_adapters.spec.media.media import Kind, MediaItem


@dataclass(frozen=True, slots=True, kw_only=True)
class Covering(Tiling):
    """The fewest tiles that keep nine tenths of a picture's pixels, of as many those that keep most; and the whole.

    Source: `Ovis2ImageProcessor` of transformers, `get_min_tile_covering_grid`.
    """

    side: int
    most: int

    def cut(self, height: int, width: int) -> Cut:
        grids = sorted(
            {(down, across) for down in range(1, self.most + 1) for across in range(1, self.most // down + 1)},
            key=lambda grid: grid[0] * grid[1],
        )
        kept = [(grid, self._kept(height, width, *grid)) for grid in grids]
        enough = [each for each in kept if each[1] > _ENOUGH]
        if enough:
            (down, across), _ = min(enough, key=lambda each: (each[0][0] * each[0][1], -each[1]))
        else:
            (down, across), _ = min(kept, key=lambda each: (-each[1], each[0][0] * each[0][1]))
        return Cut(down * across + 1 if down * across > 1 else 1, down, across)

    def _kept(self, height: int, width: int, down: int, across: int) -> float:
        """Return how much of a picture its tiles keep when their longer side is shrunk to theirs."""
        high, wide = height // down, width // across
        heights = [*[high] * (down - 1), height - high * (down - 1)]
        widths = [*[wide] * (across - 1), width - wide * (across - 1)]
        return sum([self._area(tall, broad) for tall in heights for broad in widths]) / (width * height)

    def _area(self, high: float, wide: float) -> float:
        wide, high = max(wide, high), min(wide, high)
        return wide * high if wide <= self.side else self.side * (high / wide * self.side)


_ENOUGH: Final = 0.9


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed(Tiling):
    """As many tiles as the listed size has that keeps most of a picture, without a view of the whole.

    `AriaImageProcessor` of transformers.
    """

    side: int
    sizes: tuple[tuple[int, int], ...]

    def cut(self, height: int, width: int) -> Cut:
        high, wide = best_listed(self.sizes, height, width)
        down, across = -(-high // self.side), -(-wide // self.side)
        return Cut(down * across, down, across)


@dataclass(frozen=True, slots=True, kw_only=True)
class LargestFitting(Tiling):
    """The canvas of tiles that a picture fits into and is scaled up most for, and the whole; else that of its aspect.

    `PerceptionLMImageProcessor` of transformers: of canvases as good, the last one in the order of their aspects, as
    these come up among numbers of tiles from the most to one.
    """

    side: int
    most: int

    def cut(self, height: int, width: int) -> Cut:
        aspects: dict[float, list[tuple[int, int]]] = {}
        for number in range(self.most, 0, -1):
            for across in range(1, number + 1):
                if number % across == 0:
                    aspects.setdefault(across / (number // across), []).append((across, number // across))
        across, down = self._fitting(height, width, aspects) or self._nearest(height, width, aspects)
        return Cut(down * across + 1, down, across)

    def _fitting(self, height: int, width: int, aspects: dict[float, list[tuple[int, int]]]) -> tuple[int, int] | None:
        found, largest = None, (0.0, 0.0)
        for across, down in (grid for grids in aspects.values() for grid in grids):
            if across * self.side < width or down * self.side < height:
                continue
            sides = self._scaled(height, width, down, across)
            shorter = 1 if width < height else 0
            if found is None or sides[shorter] >= largest[shorter]:
                found, largest = (across, down), sides
        return found

    def _scaled(self, height: int, width: int, down: int, across: int) -> tuple[float, float]:
        """Return the height and width that a picture is scaled to on a canvas, the shorter side rounded down."""
        scale, ratio = min(across * self.side / width, down * self.side / height), width / height
        if ratio > 1:
            return math.floor(scale * width / ratio), scale * width
        return scale * height, math.floor(scale * height * ratio)

    def _nearest(self, height: int, width: int, aspects: dict[float, list[tuple[int, int]]]) -> tuple[int, int]:
        ratio = width / height
        if ratio >= 1:
            kept = min((aspect for aspect in aspects if aspect <= ratio), key=lambda aspect: abs(aspect - ratio))
            return max(aspects[kept], key=lambda grid: grid[0])
        larger = [aspect for aspect in aspects if aspect > ratio]
        return max(aspects[min(larger, key=lambda aspect: abs(1 / aspect - 1 / ratio))], key=lambda grid: grid[1])


@dataclass(frozen=True, slots=True, kw_only=True)
class GridTiles(Tiles):
    """Tiles between which marks of columns and rows stand: three tokens of one picture, one more than there are tiles.

    `Ovis2Processor` of transformers.
    """

    def see(self, kind: Kind, given: tuple[float, ...], preprocessed: bool) -> MediaItem:
        item = Tiles.see(self, kind, given, preprocessed)
        tiles = item.patches // self.patches
        return item._replace(text=tiles + 1 if tiles > 1 else 3)


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkedTiles(Tiles):
    """Tiles with two marks each, one behind each row of them, and three around the view of the whole.

    `GraniteDoclingProcessor` of transformers.
    """

    def see(self, kind: Kind, given: tuple[float, ...], preprocessed: bool) -> MediaItem:
        item = Tiles.see(self, kind, given, preprocessed)
        tiles = item.patches // self.patches
        cut = self.tiling.cut(int(given[0]), int(given[1]))
        down = int(given[0]) // self.side if preprocessed else cut.down
        return item._replace(text=2 * (tiles - 1) + down + 3 if tiles > 1 else 3)
