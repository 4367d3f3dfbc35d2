"""VideoLLaMA 3: Qwen2 with an encoder of pictures of any size and two projections.

Source: transformers `VideoLlama3Config`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.resizing import VIDEO_LLAMA_3, resized
from llmsim_adapters.dialects.assembly.tower import tower
from llmsim_adapters.dialects.assembly.videos import shared_pixels, with_videos
from llmsim_adapters.dialects.types import qwen2
from llmsim_adapters.spec.components import Projection

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import Stack


def towers(whole: Reader, text: Reader) -> Iterator[Stack]:
    vision = tower(whole, "vision_config", "video_llama_3_vision", fixed=True)
    if vision is None:
        return
    hidden = text.size("hidden_size")
    into = Projection(input_size=vision.r.size("hidden_size"), output_size=hidden, bias=True)
    pictures = resized(whole, vision.r, VIDEO_LLAMA_3, frames=1, merge=1)
    media = with_videos(pictures, shared_pixels(whole, vision.r))
    yield vision.running(media).then(into, replace(into, input_size=hidden))


DIALECT = qwen2.DIALECT.like(
    "video_llama_3",
    text_config="text_config",
    towers=towers,
    tie_word_embeddings=False,
    ties="either",
)
