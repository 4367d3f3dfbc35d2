"""What pictures become that a net makes codes of, by the settings of their processors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from llmsim_adapters.dialects.assembly.media import Settings, origin, rule
from llmsim_adapters.spec.media.pictures import SmartResize
from llmsim_adapters.spec.media.refused import Refused
from llmsim_adapters.spec.media.shrinking import Coded, OneSize

if TYPE_CHECKING:
    from llmsim_adapters.dialects.assembly.vq import Net
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.media.media import Media


class Coding(NamedTuple):
    """A class of processors whose pictures have sides of whole codes, and the pixels that it leaves them.

    `factor` is the side of a code in pixels; `inside` says whether its limits stand in `size`. What the text has around
    codes is as in `Coded`.
    """

    name: str
    least: int
    most: int
    factor: int
    inside: bool = False
    padded: bool = False
    marked: bool = False
    text: int = 0
    row_text: int = 0


EMU3: Final = Coding("Emu3ImageProcessor", 512 * 512, 1024 * 1024, 8, padded=True, marked=True, text=4)
APERTUS1P5: Final = Coding("Apertus1p5ImageProcessor", 128 * 128, 1400 * 1400, 16, inside=True, text=2, row_text=1)


def coded(whole: Reader, net: Net, of: Coding) -> Media:
    """Return the rule of pictures that are resized to whole codes.

    Settings: `min_pixels` and `max_pixels`, which may stand in `size`, and `spatial_factor`, which is the net's.
    """

    def made(images: Settings) -> Media:
        least, most = ("size.min_pixels", "size.max_pixels") if of.inside else ("min_pixels", "max_pixels")
        factor = images.integer("spatial_factor", default=of.factor)
        if factor != net.last:
            return Refused(reason=f"`spatial_factor` is {factor}; this model's encoder makes one code of {net.last}")
        resize = SmartResize(
            patch_size=factor,
            merge_size=1,
            least_pixels=images.integer(least, default=of.least),
            most_pixels=images.integer(most, default=of.most),
        )
        return Coded(
            of=resize,
            levels=len(net.widths),
            frames=net.frames,
            padded=of.padded,
            marked=of.marked,
            text=of.text,
            row_text=of.row_text,
            origin=origin(images, of.name),
        )

    return rule(whole, "image", made)


def cropped(whole: Reader, net: Net, side: int, name: str) -> Media:
    """Return the rule of pictures that are cropped to `side` pixels a side, in two tokens. Setting: `crop_size`."""

    def made(images: Settings) -> Media:
        height, width = (images.integer(f"crop_size.{axis}", "crop_size", default=side) for axis in ("height", "width"))
        size = OneSize(height=height, width=width)
        return Coded(of=size, levels=len(net.widths), text=2, origin=origin(images, name))

    return rule(whole, "image", made)
