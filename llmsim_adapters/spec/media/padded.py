"""Pictures of any size that are padded: to the largest one of a sequence, or to whole patches."""

from __future__ import annotations

import math

from llmsim_adapters.dataclass import dataclass
from llmsim_adapters.spec.media.media import Kind, Media, MediaItem, Unfit, refuse_parts


@dataclass(frozen=True, slots=True, kw_only=True)
class PaddedToLargest(Media):
    """The longer side is shrunk to `longest`, none is shorter than `shortest`, and all are padded to the largest.

    `Idefics2ImageProcessor` and `Idefics2Processor` of transformers. Where it `splits`, its quarters stand before
    it as pictures of their own. Two tokens stand around each, of which neighbours share one.
    """

    patch_size: int
    shortest: int
    longest: int
    tokens: int
    splits: bool = False

    def see(self, kind: Kind, given: tuple[float, ...], preprocessed: bool) -> MediaItem:
        height, width = int(given[0]), int(given[1])
        sizes = [(height, width)] if preprocessed else [self._resized(height, width)]
        if self.splits and not preprocessed:
            high, wide = height // 2, width // 2
            quarters = [(tall, broad) for tall in (high, height - high) for broad in (wide, width - wide)]
            if not high or not wide:
                message = "a picture of one pixel can't be split"
                raise Unfit(message)
            sizes = [self._resized(*each) for each in quarters] + sizes
        seen = (len(sizes), max(size[0] for size in sizes), max(size[1] for size in sizes))
        count = len(sizes)
        item = MediaItem(kind, given, seen, 0, 0, count * self.tokens, (), text=count + 1)
        return self._padded(item, seen[1], seen[2])

    def together(self, items: tuple[MediaItem, ...]) -> tuple[MediaItem, ...]:
        """Return the items with the height and width of the largest, and one token between neighbours."""
        high, wide = (max((int(item.seen[axis]) for item in items), default=0) for axis in (1, 2))
        padded = [self._padded(item, high, wide) for item in items]
        return tuple(item if not i else item._replace(text=item.text - 1) for i, item in enumerate(padded))

    def _padded(self, item: MediaItem, height: int, width: int) -> MediaItem:
        count = int(item.seen[0])
        patches = (height // self.patch_size) * (width // self.patch_size)
        if not patches:
            message = "the picture is smaller than a patch"
            raise Unfit(message)
        rows = count * patches
        return item._replace(seen=(count, height, width), patches=rows, rows=rows, pieces=((patches, count),))

    def _resized(self, height: int, width: int) -> tuple[int, int]:
        ratio = width / height
        if width >= height and width > self.longest:
            height, width = int(self.longest / ratio), self.longest
        elif height > width and height > self.longest:
            height, width = self.longest, int(self.longest * ratio)
        return max(height, self.shortest), max(width, self.shortest)


@dataclass(frozen=True, slots=True, kw_only=True)
class WholePatches(Media):
    """Pictures are shrunk until they fit, if there is such a size, and padded to whole squares of `merge` patches.

    `FuyuImageProcessor` and `Inkling2ImageProcessor` of transformers. Each square is a token. Where it is `marked`, one
    ends each row, and one the picture (Fuyu). An encoder has `extra` hidden states beside patches.
    """

    patch_size: int
    height: int = 0
    width: int = 0
    merge: int = 1
    extra: int = 0
    marked: bool = False

    def see(self, kind: Kind, given: tuple[float, ...], preprocessed: bool) -> MediaItem:
        height, width, side = int(given[0]), int(given[1]), self.patch_size * self.merge
        if preprocessed:
            refuse_parts(height, width, side)
        elif self.height and (height > self.height or width > self.width):
            scale = min(self.height / height, self.width / width)
            height, width = max(1, int(height * scale)), max(1, int(width * scale))
        down, across = math.ceil(height / side), math.ceil(width / side)
        count, text = down * across, down + 1 if self.marked else 0
        patches = count * self.merge * self.merge
        rows = patches + self.extra
        return MediaItem(kind, given, (down * side, across * side), patches, rows, count, ((rows, 1),), text=text)


@dataclass(frozen=True, slots=True, kw_only=True)
class FittedPatches(Media):
    """Pictures are scaled to as many whole patches as fit in so many, and padded to that number, all of which are run.

    `Kosmos2_5ImageProcessor` of transformers (Pix2Struct, arXiv:2210.03347). Each becomes as many tokens, with `text`
    tokens around.
    """

    patch_size: int
    patches: int
    tokens: int
    text: int = 0

    def see(self, kind: Kind, given: tuple[float, ...], preprocessed: bool) -> MediaItem:
        height, width, side = int(given[0]), int(given[1]), self.patch_size
        if preprocessed:
            refuse_parts(height, width, side)
            down, across = height // side, width // side
            if down * across > self.patches:
                message = f"a preprocessed picture has at most {self.patches:,} patches"
                raise Unfit(message)
        else:
            scale = math.sqrt(self.patches * (side / height) * (side / width))
            down, across = (max(min(math.floor(scale * pixels / side), self.patches), 1) for pixels in (height, width))
        rows, seen = self.patches, (down * side, across * side)
        return MediaItem(kind, given, seen, rows, rows, self.tokens, ((rows, 1),), text=self.text)


@dataclass(frozen=True, slots=True, kw_only=True)
class CutPatches(Media):
    """Pictures are cut into patches as they are, the last ones padded; each is a token, and runs by itself.

    `InklingImageProcessor` of transformers: a row has one patch more than fit whole, be there pixels left for it or
    not. Before, sides may be scaled by a number (`scale`), but up to at most so many pixels (`longest`; 0: any).
    `named` has rows of one patch, by name.
    """

    patch_size: int
    scale: float = 1.0
    longest: int = 0
    named: tuple[tuple[str, int], ...] = ()

    def see(self, kind: Kind, given: tuple[float, ...], preprocessed: bool) -> MediaItem:
        height, width, side = int(given[0]), int(given[1]), self.patch_size
        if preprocessed:
            refuse_parts(height, width, side)
            down, across = height // side, width // side
        else:
            height, width = self._scaled(height, width)
            down, across = math.ceil(height / side), width // side + 1
        if not down:
            message = "nothing is left of the picture when it is scaled"
            raise Unfit(message)
        count = down * across
        named = tuple((name, count * rows) for name, rows in self.named)
        return MediaItem(kind, given, (down * side, across * side), count, count, count, ((1, count),), named=named)

    def _scaled(self, height: int, width: int) -> tuple[int, int]:
        longer = max(height, width)
        target = longer * self.scale
        ratio = (min(target, max(self.longest, longer)) if self.longest else target) / longer
        return (height, width) if ratio == 1.0 else (math.floor(height * ratio + 0.5), math.floor(width * ratio + 0.5))
