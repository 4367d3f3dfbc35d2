"""LLaVA-NeXT: LLaVA over tiles, whose rows end in a trained vector. Source: transformers `LlavaNextConfig`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.media import pinpointed
from llmsim_adapters.dialects.assembly.tower import Tower, tower
from llmsim_adapters.dialects.assembly.videos import with_videos
from llmsim_adapters.dialects.types import llama
from llmsim_adapters.dialects.types.llava import ENCODER, projections
from llmsim_adapters.spec.components import LearnedTokens

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.media.media import Media
    from llmsim_adapters.spec.model import Stack


def towers(whole: Reader, text: Reader) -> Iterator[Stack]:
    vision = tower(whole, "vision_config", "clip_vision_model", without=ENCODER)
    if vision is not None:
        yield from anyres(whole, text, vision)


def anyres(
    whole: Reader, text: Reader, vision: Tower, *, most: int = 0, videos: Media | None = None
) -> Iterator[Stack]:
    """Yield the encoder with its rule of tiles, the trained vector behind rows, and two projections of every patch."""
    whole.word("vision_feature_select_strategy", ("default", "full"))
    pictures = pinpointed(whole, vision, most=most)
    media = pictures if videos is None else with_videos(pictures, videos)
    yield vision.running(media).then(
        *projections(whole, text, vision),
        LearnedTokens(hidden_size=text.size("hidden_size")),
        rows=("projected", "projected", "tokens"),
    )


DIALECT = llama.DIALECT.like(
    "llava_next",
    text_config="text_config",
    towers=towers,
    costless={
        "image_seq_length": "how many tokens a tile becomes: its patches",
        "projector_hidden_act": "an activation between two projections: elementwise",
        "use_image_newline_parameter": "the class has it in any case",
    },
    multimodal_projector_bias=True,
    vision_feature_select_strategy="default",
    image_grid_pinpoints=[[336, 672], [672, 336], [672, 672], [1008, 336], [336, 1008]],
)
