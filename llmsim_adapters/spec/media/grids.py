"""Pictures of any size, resized to the grid of merged patches that keeps their aspect within a number of tokens."""

from __future__ import annotations

import math
from itertools import product
from typing import TYPE_CHECKING

from llmsim_adapters.dataclass import dataclass
from llmsim_adapters.spec.media.media import Unfit
from llmsim_adapters.spec.media.pictures import SmartResize

if TYPE_CHECKING:
    from llmsim_adapters.spec.media.media import Kind, MediaItem


@dataclass(frozen=True, slots=True, kw_only=True)
class NearestGrid(SmartResize):
    """Of the grids around a picture's own one, the one whose aspect is nearest to it, within `most_tokens`.

    `MuseGlimmerImageProcessor` of transformers.
    """

    least_pixels: int = 0
    most_pixels: int = 0
    most_tokens: int

    def _resized(self, kind: str, shot: int, height: int, width: int, factor: int) -> tuple[int, int]:
        high, wide = height / factor, width / factor
        if high * wide > self.most_tokens:
            ratio = wide / high
            high = (self.most_tokens / ratio) ** 0.5
            wide = high * ratio
        # a set, as it is there: where two are as near, its order decides
        around = set(product([math.floor(high), math.ceil(high)], [math.floor(wide), math.ceil(wide)]))
        grids = [grid for grid in around if min(grid) > 0 and grid[0] * grid[1] <= self.most_tokens]
        if not grids:
            grids = [(max(1, round(high)), max(1, round(wide)))]
        rows, columns = min(grids, key=lambda grid: abs(grid[0] / grid[1] - height / width))
        return rows * factor, columns * factor


@dataclass(frozen=True, slots=True, kw_only=True)
class HalvedSides(SmartResize):
    """Half of each side, as if the shorter one were at least and the longer one at most a side of so many pixels.

    `smart_resize` of transformers' `GlmImageImageProcessor`: the bounds are those of squares of `least_pixels` and
    `most_pixels`, and the longer side's is the one that holds. Sides are rounded to whole merged patches.
    """

    most_aspect: int = 4

    def _resized(self, kind: str, shot: int, height: int, width: int, factor: int) -> tuple[int, int]:
        if min(height, width) < factor:
            message = f"a picture's sides are at least {factor} pixels"
            raise Unfit(message)
        if max(height, width) > self.most_aspect * min(height, width):
            message = f"a picture's longer side is at most {self.most_aspect} times its shorter one"
            raise Unfit(message)
        least, most = (round(math.sqrt(pixels)) for pixels in (self.least_pixels, self.most_pixels))
        scale = max(1.0, least / min(height, width))
        if max(height, width) * scale > most:
            scale = most / max(height, width)
        halves = (height // 2, width // 2)
        high, wide = (max(factor, round(side * scale / factor) * factor) for side in halves)
        over = max(high, wide) / most
        if over > 1:
            high, wide = (max(factor, math.floor(side / over / factor) * factor) for side in (high, wide))
        return high, wide


@dataclass(frozen=True, slots=True, kw_only=True)
class LargestGrid(SmartResize):
    """Sides are rounded up to whole merged patches; a picture of too many is the highest one that fits.

    `Glm5NextImageProcessor` and `Glm5NextVideoProcessor` of transformers: numbers of tokens, each of
    `temporal_patch_size` frames, bound a picture, or all frames of a video.
    """

    least_pixels: int = 0
    most_pixels: int = 0
    least_tokens: int
    most_tokens: int

    def _resized(self, kind: str, shot: int, height: int, width: int, factor: int) -> tuple[int, int]:
        one, a_token = self.temporal_patch_size, self.temporal_patch_size * factor * factor
        depth = shot if kind == "video" else one
        frames = max(one, round(depth / one) * one)
        most, least = self.most_tokens * a_token, self.least_tokens * a_token
        high, wide = _up(height, factor), _up(width, factor)
        if frames * high * wide < least:
            scale = math.sqrt(least / (depth * height * width))
            high, wide = (_up(max(1, math.ceil(side * scale)), factor) for side in (height, width))
        if frames * high * wide <= most:
            return high, wide
        if most < frames * factor * factor:
            message = "no picture or video of so many frames has as few tokens as the processor allows"
            raise Unfit(message)
        return self._within(height, width, factor, most // frames)

    def _within(self, height: int, width: int, factor: int, most: int) -> tuple[int, int]:
        """Return the sides of the highest picture of this aspect whose whole patches have at most so many pixels."""
        low, high, best = 1, height, (factor, factor)
        while low <= high:
            between = (low + high) // 2
            found = _up(between, factor), _up(max(1, math.floor(width * between / height)), factor)
            if found[0] * found[1] <= most:
                low, best = between + 1, found
            else:
                high = between - 1
        return best


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokenRows(SmartResize):
    """Rows of merged patches end in a trained vector, which is a token too, and `ends` such stand around a picture.

    `HYV4VLProcessor` and `HunYuanVLProcessor` of transformers.
    """

    ends: int = 0

    def see(self, kind: Kind, given: tuple[float, ...], preprocessed: bool) -> MediaItem:
        item = SmartResize.see(self, kind, given, preprocessed)
        frames = sum(count for _, count in item.pieces)
        down = frames * (int(item.seen[-2]) // (self.patch_size * self.merge_size))
        broken = item.tokens + down
        named = (("merged", item.tokens), ("broken", broken))
        return item._replace(tokens=broken + self.ends, named=named)


@dataclass(frozen=True, slots=True, kw_only=True)
class MergedFrames(SmartResize):
    """Patches are of one frame; the results of `merged` frames become one, those of a picture by themselves.

    `Ernie4_5_VLMoeVideoProcessor` of transformers: the last frame of a video stands for those that its number lacks.
    """

    merged: int = 2

    def see(self, kind: Kind, given: tuple[float, ...], preprocessed: bool) -> MediaItem:
        if kind != "video":
            item = SmartResize.see(self, kind, given, preprocessed)
            return item._replace(named=(("merged", item.tokens),))
        frames = math.ceil(given[0] / self.merged) * self.merged
        item = SmartResize.see(self, kind, (frames, *given[1:]), preprocessed)
        return item._replace(given=given, tokens=item.tokens // self.merged, named=(("merged", item.tokens),))


@dataclass(frozen=True, slots=True, kw_only=True)
class FittingRows(BrokenRows):
    """The highest frame that is never scaled up, and whose rows with their ends all frames have room for.

    `HYV4VLVideoProcessor` of transformers.
    """

    least_pixels: int = 0
    most_of_a_frame: int

    def _resized(self, kind: str, shot: int, height: int, width: int, factor: int) -> tuple[int, int]:
        if max(height, width) > self.most_aspect * min(height, width):
            message = f"a frame's longer side is at most {self.most_aspect} times its shorter one"
            raise Unfit(message)
        whole, frame = self.most_pixels // (factor * factor), self.most_of_a_frame // (factor * factor)
        for rows in range(max(1, height // factor), 0, -1):
            least = 1 if rows == 1 else max(1, width * rows // height)
            widest = min(max(1, width // factor), max(1, -(-width * (rows + 1) // height) - 1))
            columns = min(widest, whole // (shot * rows) - 1, frame // rows)
            if columns >= least:
                return rows * factor, columns * factor
        return factor, factor


def _up(side: int, factor: int) -> int:
    return math.ceil(side / factor) * factor
