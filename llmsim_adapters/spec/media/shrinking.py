"""Pictures that convolutions make smaller step by step: Gemma 3n's net, and those that make codes of them."""

from __future__ import annotations

from llmsim_adapters.dataclass import dataclass
from llmsim_adapters.spec.media.media import Kind, Media, MediaItem, Unfit


@dataclass(frozen=True, slots=True, kw_only=True)
class Shrinking(Media):
    """Pictures of `side` pixels, whatever is sent; parts of the encoder run where squares of several sides are a pixel.

    Their rows are `pixels_of_2` and so on, for each of the sides that are `shrunk`, rounded up. A picture becomes
    `tokens`, which are its results, with `text` tokens around. Layers with a window attend where there are `earlier`
    pixels, four times as many as are left.
    """

    side: int
    shrunk: tuple[int, ...]
    tokens: int
    text: int = 0
    earlier: bool = False

    def see(self, kind: Kind, given: tuple[float, ...], preprocessed: bool) -> MediaItem:
        del preprocessed
        sides = [(pixel, -(-self.side // pixel)) for pixel in self.shrunk]
        rows = [(f"pixels_of_{pixel}", side * side) for pixel, side in sides]
        last = rows[-1][1]
        return MediaItem(
            kind,
            given,
            (self.side, self.side),
            self.side * self.side,
            last,
            self.tokens,
            ((last, 1),),
            windows=((rows[-2][1], 1),) if self.earlier else (),
            text=self.text,
            named=(*rows, ("results", self.tokens)),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class OneSize(Media):
    """Pictures that are made `height` pixels high and `width` wide, whatever is sent."""

    height: int
    width: int

    def see(self, kind: Kind, given: tuple[float, ...], preprocessed: bool) -> MediaItem:
        seen = self.height, self.width
        if preprocessed and given != seen:
            message = f"a preprocessed picture has {self.height:,} × {self.width:,} pixels"
            raise Unfit(message)
        return MediaItem(kind, given, seen, 0, 0, 0, ())


@dataclass(frozen=True, slots=True, kw_only=True)
class Coded(Media):
    """Pictures of which each pixel that is left of them at the last of `levels` becomes a code, and that a token.

    `of` resizes them; a level has half of each side of the one before. Rows are `pixels_of_1` and so on. Each is run as
    the same one of `frames`, which are halved until one is left (`frames_of_2` and so on); `codes` are those of that.
    All pictures of a step are run as large as the largest where they are `padded`. Codes of a row end in a further
    token where `marked`, and `text` tokens stand around a picture, `row_text` at each row: those that are no words.
    """

    of: Media
    levels: int
    frames: int = 1
    padded: bool = False
    marked: bool = False
    text: int = 0
    row_text: int = 0

    def see(self, kind: Kind, given: tuple[float, ...], preprocessed: bool) -> MediaItem:
        item = self.of.see(kind, given, preprocessed)
        height, width = int(item.seen[0]), int(item.seen[1])
        down, across = height >> (self.levels - 1), width >> (self.levels - 1)
        if not down or not across:
            message = "nothing is left of the picture"
            raise Unfit(message)
        tokens, text = down * (across + self.marked), self.text + self.row_text * down
        return self._run(item._replace(tokens=tokens, text=text, windows=()), height, width)

    def together(self, items: tuple[MediaItem, ...]) -> tuple[MediaItem, ...]:
        if not self.padded:
            return items
        high, wide = (max(int(item.seen[axis]) for item in items) for axis in (0, 1))
        return tuple(self._run(item, high, wide) for item in items)

    def _run(self, item: MediaItem, height: int, width: int) -> MediaItem:
        levels = [(height >> level) * (width >> level) for level in range(self.levels)]
        frames, last, named = self.frames, levels[-1], []
        for level, pixels in enumerate(levels):
            named.append((f"pixels_of_{1 << level}", frames * pixels))
        while frames > 1:
            frames //= 2
            named.append((f"frames_of_{1 << (len(named) - self.levels + 1)}", frames * last))
        rows = self.frames * last
        return item._replace(
            seen=(height, width),
            patches=self.frames * levels[0],
            rows=rows,
            pieces=((last, self.frames),),
            named=(*named, ("codes", last)),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Staged(Media):
    """Pictures that convolutions make smaller at the begin of each stage, between which pixels attend in windows.

    `of` says how large they are made. A stage has a convolution's (kernel, stride, padding); its rows are `stage_1` and
    so on, and `windows_1` those that are padded to whole windows of `window` pixels a side. What is left of a picture,
    and its mean, are the `results`, which an encoder of words gets among these.
    """

    of: Media
    stages: tuple[tuple[int, int, int], ...]
    window: int

    def see(self, kind: Kind, given: tuple[float, ...], preprocessed: bool) -> MediaItem:
        item = self.of.see(kind, given, preprocessed)
        (height, width), side, named = (int(item.seen[0]), int(item.seen[1])), self.window, []
        for number, (kernel, stride, padding) in enumerate(self.stages, start=1):
            height, width = ((pixels + 2 * padding - kernel) // stride + 1 for pixels in (height, width))
            if height < 1 or width < 1:
                message = "nothing is left of the picture"
                raise Unfit(message)
            named.append((f"stage_{number}", height * width))
            named.append((f"windows_{number}", -(-height // side) * side * (-(-width // side) * side)))
        left = height * width
        return item._replace(
            patches=named[0][1],
            rows=left,
            pieces=((left, 1),),
            tokens=left + 1,
            named=(*named, ("results", left + 1)),
        )
