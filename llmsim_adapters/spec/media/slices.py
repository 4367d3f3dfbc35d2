"""Pictures that are cut into slices of their own shape, with a smaller view of the whole: MiniCPM-V."""

from __future__ import annotations

import math
from collections import Counter
from typing import TYPE_CHECKING

from llmsim_adapters.dataclass import dataclass
from llmsim_adapters.spec.media.media import Kind, Media, MediaItem, refuse_parts

if TYPE_CHECKING:
    from llmsim_adapters.spec.media.media import Pieces


@dataclass(frozen=True, slots=True, kw_only=True)
class Slices(Media):
    """Pictures of more pixels than a square of `scale` are cut into at most `most` slices, each of about as many.

    `MiniCPMV4_6ImageProcessor` of transformers (MiniCPM-V, arXiv:2408.01800). Sides are multiples of `merge` patches,
    and squares of so many become one token; where it `joins` them first, four are one state in the layers behind.
    Smaller pictures are scaled up unless they stay `native`. Two tokens stand around each view, `text` more before the
    first, and one between rows of slices. Here is the part of layers before joining; `JoinedSlices` has the others.
    """

    patch_size: int
    scale: int
    most: int
    merge: int
    joins: bool
    native: bool = False
    text: int = 3

    def see(self, kind: Kind, given: tuple[float, ...], preprocessed: bool) -> MediaItem:
        views, _ = self._views(int(given[0]), int(given[1]), preprocessed)
        lengths = self._lengths(views)
        patches = sum(length * count for length, count in lengths)
        windows = ((_JOINED, patches // _JOINED),) if self.joins else ()
        named = (("joined", patches // _JOINED if self.joins else 0), ("asked", patches if self.joins else 0))
        return MediaItem(kind, given, (), patches, patches, 0, lengths, windows, named=named)

    def _views(
        self, height: int, width: int, preprocessed: bool
    ) -> tuple[tuple[tuple[int, int, int], ...], tuple[int, int]]:
        """Return the height and width of views, each with how many there are, and the rows and columns of slices."""
        if preprocessed:
            refuse_parts(height, width, self.patch_size * self.merge)
            return ((height, width, 1),), (0, 0)
        grid = self._grid(height, width)
        whole = self._resized(height, width, upwards=grid is None and not self.native)
        if grid is None:
            return ((*whole, 1),), (0, 0)
        down, across = grid
        refined = (_whole(side, parts) / parts for side, parts in ((height, down), (width, across)))
        return ((*whole, 1), (*self._resized(*refined, upwards=True), down * across)), grid

    def _grid(self, height: int, width: int) -> tuple[int, int] | None:
        count = min(math.ceil(width * height / (self.scale * self.scale)), self.most)
        if count <= 1:
            return None
        ratio, best, nearest = math.log(width / height), (1, 1), float("inf")
        for number in (count - 1, count, count + 1):
            if number == 1 or number > self.most:
                continue
            for down in range(1, number + 1):
                across = number // down
                if down * across != number:
                    continue
                error = abs(ratio - math.log(across / down))
                if error < nearest or (error == nearest and down > best[0]):
                    nearest, best = error, (down, across)
        return best

    def _resized(self, height: float, width: float, *, upwards: bool) -> tuple[int, int]:
        if height * width > self.scale * self.scale or upwards:
            ratio = width / height
            height = int(self.scale / math.sqrt(ratio))
            width = int(height * ratio)
        factor = self.patch_size * self.merge
        return _whole(height, factor), _whole(width, factor)

    def _lengths(self, views: tuple[tuple[int, int, int], ...], joined: int = 1) -> Pieces:
        lengths: Counter[int] = Counter()
        for high, wide, count in views:
            lengths[(high // self.patch_size) * (wide // self.patch_size) // joined] += count
        return tuple(sorted(lengths.items()))


_JOINED = 4
"""Patches, two high and two wide, that are one state behind the layer that joins them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JoinedSlices(Slices):
    """The same slices in the layers behind the one that joins patches, and as the tokens that they become."""

    def see(self, kind: Kind, given: tuple[float, ...], preprocessed: bool) -> MediaItem:
        views, (down, across) = self._views(int(given[0]), int(given[1]), preprocessed)
        lengths = self._lengths(views, _JOINED if self.joins else 1)
        rows = sum(length * count for length, count in lengths)
        patches = sum(length * count for length, count in self._lengths(views))
        tokens = patches // (self.merge * self.merge)
        text = self.text + 2 * (down * across + 1) + max(down - 1, 0)
        return MediaItem(kind, given, (1 + down * across, *views[0][:2]), patches, rows, tokens, lengths, text=text)


@dataclass(frozen=True, slots=True, kw_only=True)
class ResampledSlices(Slices):
    """Slices that are padded to the largest of a sequence, each of which becomes as many `tokens`.

    Source: the published `MiniCPMVImageProcessor` of openbmb/MiniCPM-V-4, and SGLang's `minicpmv.py`, which pads. Its
    kernels of attention run as many rows as are no padding; masks run all of them, as the published class does.
    """

    tokens: int

    def see(self, kind: Kind, given: tuple[float, ...], preprocessed: bool) -> MediaItem:
        views, (down, across) = self._views(int(given[0]), int(given[1]), preprocessed)
        lengths = self._lengths(views)
        count = 1 + down * across
        text = self.text + 2 * count + max(down - 1, 0)
        item = MediaItem(kind, given, (count, *views[0][:2]), 0, 0, count * self.tokens, lengths, text=text)
        return _padded(item, lengths[-1][0])

    def together(self, items: tuple[MediaItem, ...]) -> tuple[MediaItem, ...]:
        """Return the items whose views all have as many patches as the largest."""
        most = max((item.pieces[-1][0] for item in items), default=0)
        return tuple(_padded(item, most) for item in items)


def _padded(item: MediaItem, patches: int) -> MediaItem:
    count = int(item.seen[0])
    return item._replace(patches=count * patches, rows=count * patches, pieces=((patches, count),))


def _whole(length: float, factor: int) -> int:
    return max(round(length / factor) * factor, factor)
