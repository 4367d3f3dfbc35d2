"""Idefics3: Llama with SigLIP's picture encoder, of whose patches several are projected at once. `Idefics3Config`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.splitting import split
from llmsim_adapters.dialects.assembly.tower import tower
from llmsim_adapters.dialects.assembly.videos import tile_a_frame, with_videos
from llmsim_adapters.dialects.types import llama
from llmsim_adapters.spec.components import Projection

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import Stack


def towers(whole: Reader, text: Reader, *, videos: bool = False) -> Iterator[Stack]:
    vision = tower(whole, "vision_config", "idefics3_vision", fixed=True)
    if vision is not None:
        side = whole.size("scale_factor")
        media = split(whole, vision.r, side)
        if videos:
            media = with_videos(media, tile_a_frame(vision, merge=int(side)))
        vision = vision.running(media)
        width = side * side * vision.r.size("hidden_size")
        yield vision.then(Projection(input_size=width, output_size=text.size("hidden_size")))


DIALECT = llama.DIALECT.like(
    "idefics3",
    text_config="text_config",
    towers=towers,
    costless={
        "text_config.pixel_shuffle_factor": "the whole model's scale_factor says it",
        "text_config.perceiver_config": "of a resampler, which use_resampler denies",
        "max_num_images": "how many pictures a sample of the training may have",
        "use_reentrant_checkpointing": "training only",
    },
    scale_factor=2,
)
