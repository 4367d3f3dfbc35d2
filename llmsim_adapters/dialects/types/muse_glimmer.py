"""Muse Glimmer: its language model and picture encoder, whose merged patches are projected three times.

Source: transformers `MuseGlimmerConfig`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.resizing import nearest_grid
from llmsim_adapters.dialects.assembly.tower import tower
from llmsim_adapters.dialects.assembly.videos import grid_of_frames, with_videos
from llmsim_adapters.dialects.towers.muse_glimmer_vision import window_side
from llmsim_adapters.dialects.types import muse_glimmer_text
from llmsim_adapters.spec.components import Projection
from llmsim_adapters.spec.media.grids import NearestGrid

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.components import Component
    from llmsim_adapters.spec.model import Stack


def towers(whole: Reader, text: Reader) -> Iterator[Stack]:
    yield from seeing(whole, text, "muse_glimmer_vision")


def seeing(whole: Reader, text: Reader, model_type: str, *last: Component) -> Iterator[Stack]:
    """Yield the encoder of a type with three projections, and what stands behind them."""
    vision = tower(whole, "vision_config", model_type, fixed=True)
    if vision is None:
        return
    r, inner = vision.r, whole.size("projector_hidden_size")
    width = r.size("hidden_size") * r.size("spatial_merge_size") * r.size("spatial_merge_size")
    whole.agree("out_hidden_size", width, "the size of merged patches")
    media = nearest_grid(whole, r, window=int(window_side(r)), text=2)
    if isinstance(media, NearestGrid):
        media = with_videos(media, grid_of_frames(media, whole))
    yield vision.running(media).then(
        Projection(input_size=width, output_size=inner),
        Projection(input_size=inner, output_size=inner),
        Projection(input_size=inner, output_size=text.size("hidden_size")),
        *last,
    )


DIALECT = muse_glimmer_text.DIALECT.like(
    "muse_glimmer",
    text_config="text_config",
    towers=towers,
    costless={"projector_hidden_act": "an activation between two projections: elementwise"},
    projector_hidden_size=4096,
)
