"""Pictures in crops that overlap, and whole, whose neighbouring patches are pooled over the borders of crops."""

from __future__ import annotations

import math
import struct

from llmsim_adapters.dataclass import dataclass
from llmsim_adapters.spec.media.media import Kind, Media, MediaItem, Unfit


@dataclass(frozen=True, slots=True, kw_only=True)
class OverlappingCrops(Media):
    """As many crops as a picture has to be scaled least for, and a view of the whole, all of `side` pixels a side.

    `Molmo2ImageProcessor` of transformers. Crops overlap by patches at both ends (`margins`). Of the whole view, and of
    all crops together, a rectangle of patches (`pool`) becomes a token, the last ones padded. Behind rows of tokens
    stands a `row_mark` where they have one, those of the whole view a `view_mark`, and two marks around either.
    """

    side: int
    patch_size: int
    most: int
    margins: tuple[int, int]
    pool: tuple[int, int]
    row_mark: bool = True
    view_mark: bool = True

    def see(self, kind: Kind, given: tuple[float, ...], preprocessed: bool) -> MediaItem:
        if preprocessed:
            message = "this model's tokens follow from the size of the picture before it is cut: give that"
            raise Unfit(message)
        across = self.side // self.patch_size
        window, margin = across - sum(self.margins), sum(self.margins)
        down, right = self._tiling(int(given[0]), int(given[1]), window * self.patch_size, margin * self.patch_size)
        rows, columns = (self._pooled(count * window + margin, axis) for axis, count in enumerate((down, right)))
        low, wide = (self._pooled(across, axis) for axis in (0, 1))
        views, patches = 1 + down * right, across * across
        text = 4 + (rows if self.row_mark else 0) + (low if self.view_mark else 0)
        tokens, hidden = low * wide + rows * columns, views * patches
        seen = (views, self.side, self.side)
        return MediaItem(kind, given, seen, hidden, hidden, tokens, ((patches, views),), text=text)

    def _pooled(self, patches: int, axis: int) -> int:
        return math.ceil(patches / self.pool[axis])

    def _tiling(self, height: int, width: int, window: int, margin: int) -> tuple[int, int]:
        """Return the rows and columns of crops; the first of the fewest, of these of the fewest rows."""
        high, wide = height - margin, width - margin
        tilings = sorted(
            ((down, across) for down in range(1, self.most + 1) for across in range(1, self.most // down + 1)),
            key=lambda each: (each[0] * each[1], each[0]),
        )
        scales = [min(_ratio(down * window, high), _ratio(across * window, wide)) for down, across in tilings]
        larger = [scale for scale in scales if scale >= 1]
        return tilings[scales.index(min(larger) if larger else max(scales))]


def _ratio(pixels: int, of: int) -> float:
    """Return a ratio as the processor has it, in single precision."""
    return float(struct.unpack("f", struct.pack("f", pixels / of))[0]) if of else math.inf
