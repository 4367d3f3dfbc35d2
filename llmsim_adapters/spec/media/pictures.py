"""Pictures of any size, resized to whole patches: Qwen2-VL and its many relatives, Pixtral, Kimi's MoonViT."""

from __future__ import annotations

import math
from collections import Counter
from typing import Final

from llmsim_adapters.dataclass import dataclass, replace
from llmsim_adapters.spec.media.media import Kind, Media, MediaItem, Pieces, Unfit, refuse_parts


@dataclass(frozen=True, slots=True, kw_only=True)
class SmartResize(Media):
    """Sides are rounded to whole merged patches, within a least and a most number of pixels.

    `Qwen2VLImageProcessor` of transformers. Neighbouring patches, a square of `merge_size` of them, become one token; a
    patch has `temporal_patch_size` frames, of a still picture the same one as often. Pixels are those of one frame, or
    of all frames of the kinds that `counts` names (GLM-4V). Of those that it `widens`, a side that is too short is made
    as long as a merged patch first, the other one rounded down, or where it `rounds`, to the nearest pixel. Where it
    `divides`, a frame has at most its part of the most pixels (VideoLLaMA 3). Each frame attends within itself, in some
    layers in windows of `window` patches a side, cut at the border. Sides are multiples of `expand` merged patches
    (GLM-GA).
    """

    patch_size: int
    merge_size: int
    temporal_patch_size: int = 1
    text: int = 0
    least_pixels: int
    most_pixels: int
    least_video_pixels: int = 0
    most_video_pixels: int = 0
    counts: tuple[str, ...] = ()
    widens: tuple[str, ...] = ()
    rounds: bool = False
    window: int = 0
    most_aspect: int = 200
    divides: bool = False
    expand: int = 1
    video_origin: str = ""

    def origin_of(self, kind: Kind) -> str:
        """Return where the bounds of pictures or videos are from; each has a file of its own."""
        return self.video_origin if kind == "video" else self.origin

    @property
    def takes(self) -> tuple[Kind, ...]:
        """Pictures, and videos where it is known how many pixels these have."""
        return ("image", "video") if self.most_video_pixels else ("image",)

    def see(self, kind: Kind, given: tuple[float, ...], preprocessed: bool) -> MediaItem:
        height, width = int(given[-2]), int(given[-1])
        shot = int(given[0]) if kind == "video" else 1
        frames = math.ceil(shot / self.temporal_patch_size)
        factor = self.patch_size * self.merge_size
        if preprocessed:
            refuse_parts(height, width, factor)
        else:
            height, width = self._resized(kind, shot, height, width, factor * self.expand)
        rows, columns = height // self.patch_size, width // self.patch_size
        patches = frames * rows * columns
        seen = (height, width) if kind == "image" else (frames * self.temporal_patch_size, height, width)
        windows = cut(rows, columns, self.window, frames) if self.window else ()
        tokens = patches // (self.merge_size * self.merge_size)
        return MediaItem(kind, given, seen, patches, patches, tokens, ((rows * columns, frames),), windows, self.text)

    def _resized(self, kind: Kind, shot: int, height: int, width: int, factor: int) -> tuple[int, int]:
        if kind in self.widens and min(height, width) < factor:
            scaled = max(height, width) * factor / min(height, width)
            longer = max(factor, round(scaled) if self.rounds else int(scaled))
            height, width = (factor, longer) if height <= width else (longer, factor)
        if max(height, width) > self.most_aspect * min(height, width):
            message = f"a picture's longer side is at most {self.most_aspect} times its shorter one"
            raise Unfit(message)
        video = kind == "video" and self.most_video_pixels
        least = self.least_video_pixels if video else self.least_pixels
        most = self.most_video_pixels if video else self.most_pixels
        most = most // shot if self.divides else most
        depth = whole = 1
        if kind in self.counts:
            depth = shot if kind == "video" else self.temporal_patch_size
            whole = round(depth / self.temporal_patch_size) * self.temporal_patch_size
            if depth < self.temporal_patch_size:
                message = f"a video has at least {self.temporal_patch_size} frames"
                raise Unfit(message)
        high, wide = round(height / factor) * factor, round(width / factor) * factor
        if whole * high * wide > most:
            shrink = math.sqrt((depth * height * width) / most)
            high = max(factor, math.floor(height / shrink / factor) * factor)
            wide = max(factor, math.floor(width / shrink / factor) * factor)
        elif whole * high * wide < least:
            stretch = math.sqrt(least / (depth * height * width))
            high = math.ceil(height * stretch / factor) * factor
            wide = math.ceil(width * stretch / factor) * factor
        return max(high, factor), max(wide, factor)


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedPixels(SmartResize):
    """Pictures that share `all_pixels` of a request by their own, each within the bounds of one, for cross attention.

    The published `MossVLImageProcessorFast`. Cross attention sees a picture's merged patches (`merged`), and so many
    `separators` behind them.
    """

    all_pixels: int
    separators: int = 0

    def see(self, kind: Kind, given: tuple[float, ...], preprocessed: bool) -> MediaItem:
        item = self._crossed(SmartResize.see(self, kind, given, preprocessed))
        return item._replace(named=(*item.named, (_AS_GIVEN, 1))) if preprocessed else item

    def together(self, items: tuple[MediaItem, ...]) -> tuple[MediaItem, ...]:
        """Return the pictures of a request, each with its part of the pixels."""
        pixels = [int(item.given[0]) * int(item.given[1]) for item in items]
        if any(dict(item.named).get(_AS_GIVEN) for item in items):
            return items
        found = []
        for item, own in zip(items, pixels, strict=True):
            most = min(max(int(self.all_pixels * (own / sum(pixels))), self.least_pixels), self.most_pixels)
            found.append(self._crossed(SmartResize.see(replace(self, most_pixels=most), item.kind, item.given, False)))
        return tuple(found)

    def _crossed(self, item: MediaItem) -> MediaItem:
        merged = item.tokens
        return item._replace(tokens=0, attended=merged + self.separators, named=(("merged", merged),))


_AS_GIVEN: Final = "as_given"
"""What says that a picture has the size already that the encoder gets."""


def cut(rows: int, columns: int, side: int, frames: int = 1) -> Pieces:
    """Return the windows of `side` patches that a picture of so many is cut into; those at its border are smaller."""
    lengths: Counter[int] = Counter()
    for high, deep in _spans(rows, side):
        for wide, across in _spans(columns, side):
            lengths[high * wide] += frames * deep * across
    return tuple(sorted(lengths.items()))


def _spans(length: int, side: int) -> list[tuple[int, int]]:
    """Return the lengths of spans of `side` that a length is cut into, each with how many there are."""
    whole, rest = divmod(length, side)
    return [(span, count) for span, count in ((side, whole), (rest, 1 if rest else 0)) if count]


@dataclass(frozen=True, slots=True, kw_only=True)
class LongestEdge(Media):
    """Pictures are shrunk until no side is longer than `longest_edge`, and rounded up to multiples of `factor`.

    `PixtralImageProcessor` of transformers. Where pictures are `marked`, the language model gets a token behind each
    row, the last of which is the picture's end. Those of a step are `padded` to the largest before they are embedded.
    """

    patch_size: int
    merge_size: int = 1
    factor: int
    longest_edge: int
    marked: bool = True
    padded: bool = True

    def see(self, kind: Kind, given: tuple[float, ...], preprocessed: bool) -> MediaItem:
        height, width = int(given[0]), int(given[1])
        if preprocessed:
            refuse_parts(height, width, self.factor)
        else:
            ratio = max(height / self.longest_edge, width / self.longest_edge)
            if ratio > 1:
                height, width = math.floor(height / ratio), math.floor(width / ratio)
            height, width = max(_up(height, self.factor), self.factor), max(_up(width, self.factor), self.factor)
        rows, columns = height // self.patch_size, width // self.patch_size
        down, across = rows // self.merge_size, columns // self.merge_size
        patches, text = rows * columns, down if self.marked else 0
        return MediaItem(kind, given, (height, width), patches, patches, down * across, ((patches, 1),), text=text)

    def combined(self, items: tuple[MediaItem, ...]) -> dict[str, int]:
        """Return the patches that are embedded: those of every picture padded to the longest sides of all."""
        if not self.padded:
            return {}
        high, wide = (max(int(item.seen[side]) // self.patch_size for item in items) for side in (0, 1))
        return {"patches": len(items) * high * wide}


def _up(side: int, factor: int) -> int:
    return -(-side // factor) * factor


@dataclass(frozen=True, slots=True, kw_only=True)
class PooledPatches(Media):
    """Pictures get as many patches as may be, padded to that number, of which `pool` squared ones are averaged.

    `Gemma4ImageProcessor` of transformers, `get_aspect_ratio_preserving_size`. Two tokens stand around each picture.
    """

    patch_size: int
    pool: int
    most_tokens: int

    def see(self, kind: Kind, given: tuple[float, ...], preprocessed: bool) -> MediaItem:
        height, width = int(given[0]), int(given[1])
        factor, patches = self.pool * self.patch_size, self.most_tokens * self.pool * self.pool
        if preprocessed:
            refuse_parts(height, width, factor)
        else:
            height, width = self._fitted(height, width, factor, patches)
        tokens = (height // factor) * (width // factor)
        return MediaItem(kind, given, (height, width), patches, patches, tokens, ((patches, 1),), text=2)

    def _fitted(self, height: int, width: int, factor: int, patches: int) -> tuple[int, int]:
        scale = math.sqrt(patches * self.patch_size**2 / (height * width))
        high, wide = (math.floor(scale * side / factor) * factor for side in (height, width))
        longest = self.most_tokens * factor
        if not high and not wide:
            message = "the picture would be resized to nothing"
            raise Unfit(message)
        if not high:
            return factor, min(width // height * factor, longest)
        if not wide:
            return min(height // width * factor, longest), factor
        return high, wide


@dataclass(frozen=True, slots=True, kw_only=True)
class MostPatches(Media):
    """Pictures are shrunk to at most so many patches, of which a side has at most so many, and padded to whole merges.

    Source: moonshotai/Kimi-K2.5, `media_utils.py`, `navit_resize_image`. Kimi-VL's processor, and LocateAnything's,
    which scales to whole merges, shrink to so many patches alone, and take no side of so many: it is `refused`.
    """

    patch_size: int
    merge: tuple[int, int]
    most_patches: int
    most_on_a_side: int
    refused: bool = False

    def see(self, kind: Kind, given: tuple[float, ...], preprocessed: bool) -> MediaItem:
        height, width = int(given[0]), int(given[1])
        down, across = self.merge[0] * self.patch_size, self.merge[1] * self.patch_size
        if preprocessed:
            refuse_parts(height, width, down, across)
        else:
            side = self.patch_size
            fitting = math.sqrt(self.most_patches / (max(1, width // side) * max(1, height // side)))
            longest = self.most_on_a_side * side
            scale = min(1.0, fitting, *(() if self.refused else (longest / width, longest / height)))
            height, width = _up(max(1, int(height * scale)), down), _up(max(1, int(width * scale)), across)
            if self.refused and max(height, width) >= longest:
                message = f"the encoder has positions for sides of fewer than {self.most_on_a_side} patches"
                raise Unfit(message)
        patches = (height // self.patch_size) * (width // self.patch_size)
        tokens = (height // down) * (width // across)
        return MediaItem(kind, given, (height, width), patches, patches, tokens, ((patches, 1),))
