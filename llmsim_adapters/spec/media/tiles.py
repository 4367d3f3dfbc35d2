"""Pictures that become tiles of one size: one where nothing cuts them, else as many as their shape asks for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from llmsim_adapters.spec.media.media import Item, Kind, Media, Unfit


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
    more tiles is taken where the picture has more than half of its pixels.
    """

    side: int
    least: int = 1
    most: int
    overview: bool = True

    def cut(self, height: int, width: int) -> Cut:
        shapes = sorted(
            {
                (across, down)
                for across in range(1, self.most + 1)
                for down in range(1, self.most + 1)
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
class Tiles(Media):
    """Tiles of one size, each of which attends within itself and becomes the same number of tokens.

    `patches` are those of one tile, `extra` its hidden states beside them, as class tokens and registers; `text` tokens
    stand beside each picture, `tile_text` beside each tile.
    """

    side: int
    width: int = 0
    patches: int
    extra: int = 0
    tokens: int
    tiling: Tiling = Tiling()
    text: int = 0
    tile_text: int = 0

    def see(self, kind: Kind, given: tuple[float, ...], preprocessed: bool) -> Item:
        height, width = int(given[0]), int(given[1])
        wide = self.width or self.side
        if preprocessed:
            if height % self.side or width % wide:
                message = f"a preprocessed picture has sides that are multiples of {self.side} and {wide}"
                raise Unfit(message)
            cut = Cut((height // self.side) * (width // wide), height // self.side, width // wide)
        else:
            cut = self.tiling.cut(height, width)
        rows = self.patches + self.extra
        seen = (self.side, wide) if cut.tiles == 1 else (cut.tiles, self.side, wide)
        return Item(
            kind,
            given,
            seen,
            cut.tiles * self.patches,
            cut.tiles * rows,
            cut.tiles * self.tokens,
            ((rows, cut.tiles),),
            text=self.text + cut.tiles * self.tile_text,
        )
