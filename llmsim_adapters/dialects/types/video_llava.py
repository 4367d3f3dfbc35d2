"""Video-LLaVA: LLaVA with a second encoder, which sees videos alone. Source: transformers `VideoLlavaConfig`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.tower import tower
from llmsim_adapters.dialects.assembly.videos import tile_a_frame, with_videos
from llmsim_adapters.dialects.types import llama
from llmsim_adapters.dialects.types.llava import ENCODER, projections, selected
from llmsim_adapters.spec.media.media import Passed
from llmsim_adapters.spec.model import Stack

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmsim_adapters.dialects.reading.reader import Reader


def towers(whole: Reader, text: Reader) -> Iterator[Stack]:
    """Yield an encoder of pictures, one of videos, and what projects the results of both."""
    vision = tower(whole, "vision_config", "clip_vision_model", without={**ENCODER, "image_size": 224})
    if vision is None:
        return
    pictures, videos = selected(whole, vision), tile_a_frame(vision, whole=True)
    yield vision.running(Passed(of=pictures)).stack
    yield replace(vision.stack, name="video", media=Passed(of=videos))
    after = projections(whole, text, vision)
    yield Stack("projector", (), (), after=after, axis="patches", media=with_videos(pictures, videos))


DIALECT = llama.DIALECT.like(
    "video_llava",
    text_config="text_config",
    towers=towers,
    costless={
        "image_seq_length": "how many tokens a picture becomes: its patches",
        "video_seq_length": "how many tokens a video becomes: the hidden states of its frames",
        "projector_hidden_act": "an activation between two projections: elementwise",
    },
    multimodal_projector_bias=True,
    vision_feature_select_strategy="default",
)
