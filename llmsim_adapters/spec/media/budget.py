"""Pictures and frames in patches of a budget, both of whose sides are whole merges: Nemotron's."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from llmsim_adapters.dataclass import dataclass
from llmsim_adapters.spec.media.media import Kind, Media, MediaItem, refuse_parts

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


@dataclass(frozen=True, slots=True, kw_only=True)
class PatchBudget(Media):
    """A grid of patches near to the picture's own, of `least` to `most` patches; `merge` squared of them are a token.

    `get_patch_grid_size` of transformers' processor of Nemotron-H Omni. `extra` trained vectors stand among a picture's
    hidden states, and `text` tokens around its own.
    """

    patch_size: int
    merge: int
    least: int
    most: int
    extra: int = 0
    text: int = 0

    def see(self, kind: Kind, given: tuple[float, ...], preprocessed: bool) -> MediaItem:
        height, width = int(given[0]), int(given[1])
        if preprocessed:
            refuse_parts(height, width, self.patch_size * self.merge)
            down, across = height // self.patch_size, width // self.patch_size
        else:
            down, across = self._grid(height, width)
        patches = down * across
        rows = patches + self.extra
        seen = (down * self.patch_size, across * self.patch_size)
        tokens = patches // (self.merge * self.merge)
        return MediaItem(kind, given, seen, patches, rows, tokens, ((rows, 1),), text=self.text)

    def _grid(self, height: int, width: int) -> tuple[int, int]:
        down, across = (max(1, round(side / self.patch_size + 0.5)) for side in (height, width))
        factor = min(math.sqrt(self.most / (down * across)), 1.0)
        down, across = math.floor(factor * down), math.floor(factor * across)
        if self.most > self.least and down * across < self.least:
            factor = math.sqrt(self.least / max(1, down * across))
            down, across = math.ceil(factor * down), math.ceil(factor * across)
        down = self._whole(down, across)
        return down, self._whole(across, down)

    def _whole(self, side: int, other: int) -> int:
        """Return a side in whole merges, up where the budget allows it."""
        rest = side % self.merge
        if not rest:
            return side
        up = side + self.merge - rest
        return up if up * other <= self.most else max(self.merge, side - rest)


@dataclass(frozen=True, slots=True, kw_only=True)
class SnappedPatches(PatchBudget):
    """A grid of whole merges near to the picture's own, within the same bounds.

    `compute_dynamic_image_size` of SGLang's processor of Nemotron Nano VL. Pictures that together are longer than a
    server's context, which it shrinks further, are not: no server takes them beside any text.
    """

    def _grid(self, height: int, width: int) -> tuple[int, int]:
        sides = [max(1, round(side / self.patch_size)) for side in (height, width)]
        native = sides[0] * sides[1]
        factor = min(math.sqrt(max(min(native, self.most), self.least) / native), 1.0)
        down, across = (self._snapped(round(side * factor / self.merge)) for side in sides)
        if down * across < self.least:
            factor = math.sqrt(self.least / (down * across))
            down, across = (self._snapped(math.ceil(side * factor / self.merge)) for side in (down, across))
        if down * across > self.most:
            factor = math.sqrt(self.most / (down * across))
            down, across = (self._snapped(math.floor(side * factor / self.merge)) for side in (down, across))
        return down, across

    def _snapped(self, merges: int) -> int:
        return max(self.merge, merges * self.merge)


@dataclass(frozen=True, slots=True, kw_only=True)
class AimedPatches(PatchBudget):
    """A grid of whole merges with about `most` patches, of the picture's own aspect, or unless `keeps_aspect` a square.

    `get_video_target_size_and_feature_size` of SGLang's processor of Nemotron Nano VL; where the patches have to be
    `within` that number, `_compute_target_patches` of transformers' of Nemotron-H Omni.
    """

    keeps_aspect: bool = True
    within: bool = False

    def _grid(self, height: int, width: int) -> tuple[int, int]:
        aspect = width / height
        if not self.keeps_aspect:
            sides = (float(math.isqrt(self.most)),) * 2
        elif self.within:
            sides = math.sqrt(self.most / aspect), math.sqrt(self.most * aspect)
        else:
            down = math.sqrt(self.most / max(aspect, 1e-6))
            sides = down, down * aspect
        if not self.within:
            return self._merges(sides, round)
        whole = [max(round(side), 1) for side in sides]
        up = self._merges(whole, math.ceil)
        return up if self.keeps_aspect and up[0] * up[1] <= self.most else self._merges(whole, math.floor)

    def _merges(self, sides: Sequence[float], rounded: Callable[[float], int]) -> tuple[int, int]:
        down, across = (max(self.merge, rounded(side / self.merge) * self.merge) for side in sides)
        return down, across
