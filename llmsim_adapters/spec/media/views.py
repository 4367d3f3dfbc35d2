"""Pictures that are seen whole, on a padded square, and in tiles: DeepSeek-OCR, DeepSeek-VL2 and their relatives."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from llmsim_adapters.dataclass import dataclass
from llmsim_adapters.spec.media.media import Kind, Media, MediaItem, Unfit
from llmsim_adapters.spec.media.refused import Refused
from llmsim_adapters.spec.media.tiles import Tiling

if TYPE_CHECKING:
    from llmsim_adapters.spec.media.media import Pieces
    from llmsim_adapters.spec.media.tiles import Cut

BEFORE_CUT: Final = "this model's tokens follow from the size of the picture before it is cut: give that"


@dataclass(frozen=True, slots=True, kw_only=True)
class Views(Media):
    """A view of the whole, `side` pixels a side, and tiles of `tile` pixels of pictures that are larger than one.

    `DeepseekOcr2ImageProcessor` of transformers. An encoder cuts views into patches; `merge` of them a side become one
    of its results. Here are its hidden states alone: what another encoder makes of its results are the tokens. Of more
    than `most_cut` pictures none has tiles; 0: any have. One that stands `alone` is the only one of a sequence.
    """

    side: int
    tile: int
    tiling: Tiling | None
    patch_size: int
    merge: int
    window: int = 0
    most_cut: int = 0
    alone: bool = False

    def among(self, count: int) -> Media:
        if self.alone and count > 1:
            return Refused(reason="a sequence has one picture that is cut into tiles")
        return replace(self, tiling=None) if self.most_cut and count > self.most_cut else self

    def see(self, kind: Kind, given: tuple[float, ...], preprocessed: bool) -> MediaItem:
        sides, _ = self._views(int(given[0]), int(given[1]), preprocessed)
        lengths = self._lengths(sides, self.patch_size)
        patches = sum(length * count for length, count in lengths)
        windows: Counter[int] = Counter()
        for side, count in sides if self.window else ():
            across = -(-(side // self.patch_size) // self.window)
            windows[self.window * self.window] += count * across * across
        merged = self._merged(sides)
        named = (("halved", patches // 4), ("merged", merged))
        return MediaItem(kind, given, (), patches, patches, 0, lengths, tuple(sorted(windows.items())), named=named)

    def _views(self, height: int, width: int, preprocessed: bool) -> tuple[tuple[tuple[int, int], ...], Cut | None]:
        """Return the sides of views, each with how many there are of it, and how tiles are cut."""
        if preprocessed:
            raise Unfit(BEFORE_CUT)
        if self.tiling is None or max(height, width) <= self.tile:
            return ((self.side, 1),), None
        found = self.tiling.cut(height, width)
        return ((self.side, 1), (self.tile, found.tiles)), found

    def _across(self, side: int) -> int:
        """Return how many of an encoder's results stand side by side in a view."""
        return -(-side // self.patch_size // self.merge)

    def _merged(self, sides: tuple[tuple[int, int], ...]) -> int:
        return sum(count * self._across(side) ** 2 for side, count in sides)

    def _lengths(self, sides: tuple[tuple[int, int], ...], patch: int) -> Pieces:
        lengths: Counter[int] = Counter()
        for side, count in sides:
            lengths[(side // patch) ** 2] += count
        return tuple(sorted(lengths.items()))


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewsAgain(Views):
    """The same views as a second encoder has them: results of the first one, with `extra` more or `doubled`.

    One trained vector stands between tiles and the whole, and where there are `lines`, one behind each row of patches.
    """

    extra: int = 0
    doubled: bool = False
    lines: bool = False

    def see(self, kind: Kind, given: tuple[float, ...], preprocessed: bool) -> MediaItem:
        sides, found = self._views(int(given[0]), int(given[1]), preprocessed)
        lengths: Counter[int] = Counter()
        for side, count in sides:
            results = self._across(side) ** 2
            lengths[(2 if self.doubled else 1) * results + self.extra] += count
        rows = sum(length * count for length, count in lengths.items())
        merged = self._merged(sides)
        tokens = merged + 1
        if self.lines:
            tokens += self._across(self.side)
            tokens += 0 if found is None else found.down * self._across(self.tile)
        seen = (sum(count for _, count in sides), self.side, self.side)
        pieces = tuple(sorted(lengths.items()))
        return MediaItem(kind, given, seen, merged, rows, tokens, pieces, named=(("merged", merged),))


@dataclass(frozen=True, slots=True, kw_only=True)
class LinedTiles(Media):
    """A view of the whole and tiles of the same size, the rows of both ended by a trained vector, and one between them.

    Source: SGLang's `deepseekvl2.py`. A tile becomes `across` squared tokens. Of more than `most_cut` pictures each is
    one tile.
    """

    side: int
    patches: int
    across: int
    tiling: Tiling
    most_cut: int = 0

    def among(self, count: int) -> Media:
        return replace(self, tiling=Tiling()) if self.most_cut and count > self.most_cut else self

    def see(self, kind: Kind, given: tuple[float, ...], preprocessed: bool) -> MediaItem:
        if preprocessed:
            raise Unfit(BEFORE_CUT)
        cut = self.tiling.cut(int(given[0]), int(given[1]))
        tiles, side = cut.tiles + 1, self.across
        merged = tiles * side * side
        tokens = merged + side + 1 + cut.down * side
        rows = tiles * self.patches
        seen = (tiles, self.side, self.side)
        named = (("merged", merged),)
        return MediaItem(kind, given, seen, rows, rows, tokens, ((self.patches, tiles),), named=named)


@dataclass(frozen=True, slots=True, kw_only=True)
class SnappedViews(Views):
    """A view of the whole and windows of one size or the picture's shorter side, to whole ones of which it is scaled.

    `Step3p7ImageProcessor` of transformers. Windows are resized to `tile`; a rest of more than a fifth makes one more.
    Two tokens stand around each view and one between rows of windows; sides beyond `longest` are shrunk first.
    Beside the patches of a view stand `extra` hidden states.
    """

    longest: int
    extra: int = 0

    def see(self, kind: Kind, given: tuple[float, ...], preprocessed: bool) -> MediaItem:
        if preprocessed:
            raise Unfit(BEFORE_CUT)
        down, across = self._windows(int(given[0]), int(given[1]))
        count = down * across
        sides = ((self.side, 1), (self.tile, count)) if count else ((self.side, 1),)
        lengths = self._lengths(sides, self.patch_size)
        patches = sum(length * number for length, number in lengths)
        pieces = tuple((length + self.extra, number) for length, number in lengths)
        rows = patches + self.extra * (count + 1)
        halved, merged = (sum(n * self._halved(side, times) for side, n in sides) for times in (1, 2))
        named = (("halved", halved), ("merged", merged))
        seen = (count + 1, self.side, self.side)
        text = 2 * (count + 1) + max(down - 1, 0)
        return MediaItem(kind, given, seen, patches, rows, merged, pieces, text=text, named=named)

    def _halved(self, side: int, times: int) -> int:
        across = side // self.patch_size
        for _ in range(times):
            across = (across + 1) // 2
        return across * across

    def _windows(self, height: int, width: int) -> tuple[int, int]:
        """Return the rows and columns of windows; none of a picture that is small and not long."""
        if min(height, width) < _NARROW and max(height, width) > _LONG * min(height, width):
            height = width = max(height, width)
        if max(height, width) > self.longest:
            scale = self.longest / max(height, width)
            height, width = max(1, int(height * scale)), max(1, int(width * scale))
        short, long = min(height, width), max(height, width)
        if long <= self.side:
            window = short if long / short > _ELONGATED else 0
        else:
            window = min(short, self.tile) if long / short > _LONG else self.tile
        if not window:
            return 0, 0
        down, across = (max(1, side // window + (side % window > _REST * window)) for side in (height, width))
        return down, across


_NARROW: Final = 32
_LONG: Final = 4
_ELONGATED: Final = 1.5
_REST: Final = 0.2
