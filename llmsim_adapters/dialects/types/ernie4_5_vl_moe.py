"""ERNIE 4.5 VL: its language model, and a ViT whose results are merged on the plane, then in time.

Source: transformers `Ernie4_5_VLMoeConfig`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.resizing import ERNIE4_5_VL, resized
from llmsim_adapters.dialects.assembly.tower import tower
from llmsim_adapters.dialects.types import ernie4_5_vl_moe_text
from llmsim_adapters.spec.components import Norm, Projection
from llmsim_adapters.spec.media.grids import MergedFrames

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmsim_adapters.dialects.assembly.tower import Tower
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import Stack


def towers(whole: Reader, text: Reader) -> Iterator[Stack]:
    vision = tower(whole, "vision_config", "ernie4_5_vl_moe_vision", fixed=True)
    if vision is not None:
        side, frames = (vision.r.size(name) for name in ("spatial_merge_size", "temporal_merge_size"))
        yield merging(whole, text, vision, side, frames)


def merging(whole: Reader, text: Reader, vision: Tower, side: int, frames: int) -> Stack:
    """Return the encoder with what merges squares of its results, and then those of so many frames."""
    width, hidden = side * side * vision.r.size("hidden_size"), text.size("hidden_size")
    same = Projection(input_size=width, output_size=width, bias=True)
    norm = Norm(width, "layer", bias=True)
    media = resized(whole, vision.r, ERNIE4_5_VL, frames=1, merge=int(side), kind=MergedFrames)
    if isinstance(media, MergedFrames):
        media = replace(media, merged=int(frames))
    return vision.running(media).then(
        *(same, same, norm),
        *(replace(same, input_size=width * frames), same, norm),
        Projection(input_size=width, output_size=hidden, bias=True),
        Norm(hidden),
        rows=("merged",) * 3,
    )


DIALECT = ernie4_5_vl_moe_text.DIALECT.like("ernie4_5_vl_moe", text_config="text_config", towers=towers)
