"""Pictures that become tiles of one size: one where nothing cuts them, else as many as their shape asks for."""

from __future__ import annotations

import math
from typing import Final, NamedTuple

from llmsim_adapters.dataclass import dataclass
from llmsim_adapters.spec.media.media import Kind, Media, MediaItem, Pieces, Unfit, refuse_parts


class Cut(NamedTuple):
    """How a picture is cut: tiles in all, a small view of the whole among them, and their rows and columns."""

    tiles: int
    down: int
    across: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Tiling:
    """A rule that cuts pictures into tiles; as it stands, every picture is one."""

    def cut(self, height: int, width: int) -> Cut:
        """Return the tiles of a picture of so many pixels.

        Raises:
            Unfit: the rule cuts no such picture.
        """
        return Cut(1, 1, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class BestAspect(Tiling):
    """Rows and columns of tiles whose ratio is nearest to the picture's; a view of the whole where there are several.

    `GotOcr2ImageProcessor` of transformers (InternVL, arXiv:2404.16821). Of ratios that are as near, a later one with
    more tiles is taken where the picture has more than half of its pixels. A side has at most `longest`; 0: any number.
    """

    side: int
    least: int = 1
    most: int
    overview: bool = True
    longest: int = 0

    def cut(self, height: int, width: int) -> Cut:
        longest = min(self.most, self.longest) if self.longest else self.most
        shapes = sorted(
            {
                (across, down)
                for across in range(1, longest + 1)
                for down in range(1, longest + 1)
                if self.least <= across * down <= self.most
            },
            key=lambda shape: shape[0] * shape[1],
        )
        ratio, best, nearest = width / height, (1, 1), float("inf")
        for across, down in shapes:
            distance = abs(ratio - across / down)
            if distance < nearest:
                nearest, best = distance, (across, down)
            elif distance == nearest and width * height > 0.5 * self.side * self.side * across * down:
                best = (across, down)
        across, down = best
        tiles = across * down
        return Cut(tiles + 1 if self.overview and tiles > 1 else tiles, down, across)


@dataclass(frozen=True, slots=True, kw_only=True)
class LeastScaling(Tiling):
    """Rows and columns of tiles that the picture has to be scaled least for, up if there are such, else down.

    Of several the fewest tiles; a view of the whole where there are several tiles. `Cohere2VisionImageProcessor` and
    `Llama4ImageProcessor` of transformers; the latter may be told to scale up as far as it can, to the `largest`.
    """

    side: int
    most: int
    largest: bool = False

    def cut(self, height: int, width: int) -> Cut:
        scales = {
            (down, across): min(down * self.side / height, across * self.side / width)
            for down in range(1, self.most + 1)
            for across in range(1, self.most // down + 1)
        }
        larger = [scale for scale in scales.values() if scale >= 1]
        chosen = (max(larger) if self.largest else min(larger)) if larger else max(scales.values())
        down, across = min((s for s, scale in scales.items() if scale == chosen), key=lambda s: (s[0] * s[1], s[1]))
        return Cut(down * across + 1 if down * across > 1 else 1, down, across)


@dataclass(frozen=True, slots=True, kw_only=True)
class PanAndScan(Tiling):
    """Crops beside each other along the longer side, and the whole, where a picture is long enough (Gemma 3).

    `Gemma3ImageProcessor` of transformers: at most so many crops, none with a side below `least_side`, and none at all
    of a picture whose sides' ratio is below `least_ratio`.
    """

    least_side: int
    most: int
    least_ratio: float

    def cut(self, height: int, width: int) -> Cut:
        longer, shorter = max(height, width), min(height, width)
        if longer / shorter < self.least_ratio:
            return Cut(1, 1, 1)
        crops = min(longer // self.least_side, math.floor(longer / shorter + 0.5))
        crops = min(self.most, max(2, crops))
        if min(math.ceil(longer / crops), shorter) < self.least_side:
            return Cut(1, 1, 1)
        return Cut(crops + 1, 1, crops) if width >= height else Cut(crops + 1, crops, 1)


def best_listed(sizes: tuple[tuple[int, int], ...], height: int, width: int) -> tuple[int, int]:
    """Return the size that keeps most of a picture's pixels, of several the one with fewest of its own."""

    def fits(size: tuple[int, int]) -> tuple[int, int]:
        scale = min(size[1] / width, size[0] / height)
        kept = min(int(width * scale) * int(height * scale), width * height)
        return kept, kept - size[0] * size[1]

    return max(sizes, key=fits)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pinpoints(Media):
    """The listed size that keeps most of a picture, in tiles, and a view of the whole; what pads it becomes no token.

    `LlavaNextProcessor` of transformers: rows of patches end in a trained vector. Where the tiles have more than 1.21
    times the patches of `most` tiles, they shrink to that (LLaVA-OneVision); 0: never. `dropped` hidden states of the
    view of the whole become no token. Some cut a picture `alone`, and take each of several as one tile, and some round
    down what is no whole patch without `rounds` to the seventh digit first: the first LLaVAs' own, and SGLang's.
    """

    side: int
    patch_side: int
    extra: int = 0
    dropped: int = 0
    sizes: tuple[tuple[int, int], ...]
    most: int = 0
    alone: bool = False
    rounds: bool = True

    def among(self, count: int) -> Media:
        if not self.alone or count == 1:
            return self
        patches = self.patch_side * self.patch_side
        tokens = patches + self.extra - self.dropped
        return Tiles(side=self.side, patches=patches, extra=self.extra, tokens=tokens, named=(("projected", patches),))

    def see(self, kind: Kind, given: tuple[float, ...], preprocessed: bool) -> MediaItem:
        height, width = int(given[0]), int(given[1])
        if preprocessed:
            message = "this model's tokens follow from the size of the picture before it is cut: give that"
            raise Unfit(message)
        down, across = best_listed(self.sizes, height, width)
        if min(down, across) < self.side:
            message = f"the listed size that is nearest, {down:,} × {across:,}, is smaller than a tile"
            raise Unfit(message)
        tiles = 1 + (down // self.side) * (across // self.side)
        patches = self.patch_side * self.patch_side
        rows, columns = self._unpadded(height, width, down // self.side, across // self.side)
        tokens = rows * columns + rows + patches + self.extra - self.dropped
        hidden = patches + self.extra
        seen = (tiles, self.side, self.side)
        named = (("projected", tiles * patches),)
        return MediaItem(kind, given, seen, tiles * patches, tiles * hidden, tokens, ((hidden, tiles),), named=named)

    def _unpadded(self, height: int, width: int, down: int, across: int) -> tuple[int, int]:
        rows, columns = self.patch_side * down, self.patch_side * across
        digits = 7 if self.rounds else None
        if width / height > columns / rows:
            rows -= (rows - _whole(height * (columns / width), digits)) // 2 * 2
        else:
            columns -= (columns - _whole(width * (rows / height), digits)) // 2 * 2
        if self.most:
            ratio = math.sqrt(rows * columns / (self.most * self.patch_side * self.patch_side))
            if ratio > _SHRINKS:
                rows, columns = int(rows // ratio), int(columns // ratio)
        return rows, columns


def _whole(number: float, digits: int | None) -> int:
    """Return a number rounded down, to so many digits first where there are any."""
    return int(number if digits is None else round(number, digits))


_SHRINKS: Final = 1.1


@dataclass(frozen=True, slots=True, kw_only=True)
class AllTiles(Media):
    """As many tiles as there may be are run for every picture, each padded to a multiple of 8 hidden states.

    All tiles attend to each other; cross attention of the language model sees those that are no padding, and a picture
    is one token there. `MllamaVisionModel` of transformers.
    """

    side: int
    tiles: int
    patches: int
    extra: int = 1

    def see(self, kind: Kind, given: tuple[float, ...], preprocessed: bool) -> MediaItem:
        hidden = self.patches + self.extra
        rows = self.tiles * (-(-hidden // _PADDED_TO) * _PADDED_TO)
        seen = (self.tiles, self.side, self.side)
        return MediaItem(
            kind,
            given,
            seen,
            self.tiles * self.patches,
            rows,
            0,
            ((rows, 1),),
            text=1,
            attended=self.tiles * hidden,
        )


_PADDED_TO: Final = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Tiles(Media):
    """Tiles of one size, each of which attends within itself and becomes the same number of tokens.

    `patches` are those of one tile, `extra` its hidden states beside them, as class tokens and registers; `text` tokens
    stand beside each picture, `tile_text` beside each tile. `windows` and `named` are of one tile, as in `MediaItem`.
    """

    side: int
    width: int = 0
    patches: int
    extra: int = 0
    tokens: int
    tiling: Tiling = Tiling()
    text: int = 0
    tile_text: int = 0
    windows: Pieces = ()
    named: tuple[tuple[str, int], ...] = ()

    def see(self, kind: Kind, given: tuple[float, ...], preprocessed: bool) -> MediaItem:
        height, width = int(given[0]), int(given[1])
        wide = self.width or self.side
        if preprocessed:
            refuse_parts(height, width, self.side, wide)
            cut = Cut((height // self.side) * (width // wide), height // self.side, width // wide)
        else:
            cut = self.tiling.cut(height, width)
        rows = self.patches + self.extra
        seen = (self.side, wide) if cut.tiles == 1 else (cut.tiles, self.side, wide)
        return MediaItem(
            kind,
            given,
            seen,
            cut.tiles * self.patches,
            cut.tiles * rows,
            cut.tiles * self.tokens,
            ((rows, cut.tiles),),
            windows=tuple((length, cut.tiles * count) for length, count in self.windows),
            text=self.text + cut.tiles * self.tile_text,
            named=tuple((name, cut.tiles * count) for name, count in self.named),
        )
