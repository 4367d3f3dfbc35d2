"""Pictures cut into as many tiles as they fill, whose padding is left out of the tokens: Phi-4-multimodal's."""

from __future__ import annotations

import math
from typing import Final

from llmsim_adapters.dataclass import dataclass
from llmsim_adapters.spec.media.media import Kind, Media, MediaItem, Unfit, refuse_parts
from llmsim_adapters.spec.media.tiles import BestAspect


@dataclass(frozen=True, slots=True, kw_only=True)
class DynamicHd(Media):
    """Tiles of `side` pixels, at most `most` of them, and a view of the whole; of four patches one token is made.

    `Phi4MultimodalImageProcessor` of transformers. A picture is scaled into its tiles, and padded behind; tokens are of
    what is no padding, with one behind each row, and one between the tiles and the view of the whole. Pictures of a
    step have as many tiles as the one with the most.
    """

    side: int
    patch: int
    most: int

    def see(self, kind: Kind, given: tuple[float, ...], preprocessed: bool) -> MediaItem:
        height, width = int(given[0]), int(given[1])
        if preprocessed:
            refuse_parts(height, width, self.side)
        down, across = math.ceil(height / self.side), math.ceil(width / self.side)
        if down * across > self.most:
            _, down, across = BestAspect(side=self.side, most=self.most, overview=False).cut(height, width)
        scales = (across * self.side / width, down * self.side / height)
        high, wide = down * self.side, across * self.side
        if scales[0] < scales[1]:
            high = int(height * scales[0])
        else:
            wide = int(width * scales[1])
        if min(high, wide) < _LEAST:
            message = f"the processor refuses a picture that is scaled to less than {_LEAST} pixels"
            raise Unfit(message)
        rows, columns = (self._useful(tiles, pixels) for tiles, pixels in ((down, high), (across, wide)))
        view = math.ceil(self.side // self.patch / 2)
        tokens = rows * (columns + 1) + 1 + view * (view + 1)
        item = MediaItem(kind, given, (down * self.side, across * self.side), 0, 0, tokens, ())
        return self._of_tiles(item, down * across + 1)

    def together(self, items: tuple[MediaItem, ...]) -> tuple[MediaItem, ...]:
        """Return the pictures of a step with as many tiles each as the one that has the most."""
        most = max(sum(count for _, count in item.pieces) for item in items)
        return tuple([self._of_tiles(item, most) for item in items])

    def _of_tiles(self, item: MediaItem, tiles: int) -> MediaItem:
        patches = (self.side // self.patch) ** 2
        rows = tiles * patches
        return item._replace(patches=rows, rows=rows, pieces=((patches, tiles),))

    def _useful(self, tiles: int, pixels: int) -> int:
        """Return how many tokens stand side by side in so many tiles in a row, of whose pixels some are no padding."""
        along = self.side // self.patch
        padding = (tiles * self.side - pixels) // self.patch
        left = tiles * along - padding
        return sum(math.ceil(min(max(left - tile * along, 0), along) / 2) for tile in range(tiles))


_LEAST: Final = 10
