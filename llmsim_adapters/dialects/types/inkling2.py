"""Inkling 2 with its picture encoder. Source: transformers `Inkling2Config`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from llmsim_adapters.dialects.assembly.media import Settings, origin, rule
from llmsim_adapters.dialects.assembly.tower import tower
from llmsim_adapters.dialects.types import inkling2_text
from llmsim_adapters.spec.media.padded import WholePatches
from llmsim_adapters.spec.media.refused import Refused

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.media.media import Media
    from llmsim_adapters.spec.model import Stack

_AS_SAID: Final[Mapping[str, Any]] = {}


def towers(whole: Reader, text: Reader, without: Mapping[str, Any] = _AS_SAID) -> Iterator[Stack]:
    """Read the encoder, of the class's own sizes `without` any config of it."""
    vision = tower(whole, "vision_config", "inkling2_vision", fixed=True, without=without)
    if vision is not None:
        r, out = vision.r, text.size("hidden_size")
        said = r.size("text_hidden_size")
        r.contradicts("text_hidden_size", f"{r.prefix}text_hidden_size", said, f"{text.prefix}hidden_size", out)
        yield vision.running(_squares(whole, r)).stack


def _squares(whole: Reader, r: Reader) -> Media:
    """Return the rule of whole squares of patches. Setting: `size`, the side of a square, which the encoder fixes."""

    def made(images: Settings) -> Media:
        side, merge = int(r.size("patch_size")), int(r.size("spatial_merge_size"))
        if images.side(default=side * merge) != side * merge:
            return Refused(reason=f"`size` is not that of the encoder's squares of patches, {side * merge} pixels")
        return WholePatches(patch_size=side, merge=merge, extra=1, origin=origin(images, "Inkling2ImageProcessor"))

    return rule(whole, "image", made)


DIALECT = inkling2_text.DIALECT.like("inkling2", text_config="text_config", towers=towers, ties="never")
