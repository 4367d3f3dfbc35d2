"""LLaVA-NeXT-Video: LLaVA-NeXT that pools the patches of videos. Source: transformers `LlavaNextVideoConfig`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.tower import tower
from llmsim_adapters.dialects.assembly.videos import averaged_frames
from llmsim_adapters.dialects.types import llava_next
from llmsim_adapters.dialects.types.llava import ENCODER

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import Stack


def towers(whole: Reader, text: Reader) -> Iterator[Stack]:
    vision = tower(whole, "vision_config", "clip_vision_model", without=ENCODER)
    if vision is not None:
        whole.word("spatial_pool_mode", ("average", "max"))  # a third one, a convolution, has weights
        videos = averaged_frames(vision, int(whole.size("spatial_pool_stride")))
        yield from llava_next.anyres(whole, text, vision, videos=videos)


DIALECT = llava_next.DIALECT.like(
    "llava_next_video",
    ties="either",
    text_config="text_config",
    towers=towers,
    costless={"video_seq_length": "how many tokens a video becomes: its pooled patches"},
    spatial_pool_mode="average",
    spatial_pool_stride=2,
)
