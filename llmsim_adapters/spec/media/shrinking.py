"""Pictures that convolutions make smaller step by step: Gemma 3n's net."""

from __future__ import annotations

from llmsim_adapters.dataclass import dataclass
from llmsim_adapters.spec.media.media import Kind, Media, MediaItem


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
