"""Video-LLaVA: LLaVA with a second encoder, which sees videos alone. Source: transformers `VideoLlavaConfig`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.tower import tower
from llmsim_adapters.dialects.types import llama
from llmsim_adapters.dialects.types.llava import selected
from llmsim_adapters.spec.components import Projection

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import Stack


def towers(whole: Reader, text: Reader) -> Iterator[Stack]:
    vision = tower(whole, "vision_config", "clip_vision_model")
    if vision is None:
        return
    whole.no_effect(("vision_feature_layer",), "which layer's results are projected: all layers are stored")
    hidden, bias = text.size("hidden_size"), whole.flag("multimodal_projector_bias")
    into = Projection(input_size=vision.r.size("hidden_size"), output_size=hidden, bias=bias)
    yield vision.running(selected(whole, vision)).then(into, replace(into, input_size=hidden))
    yield replace(vision.stack, name="video")


DIALECT = replace(
    llama.DIALECT.like(
        "video_llava",
        text_config="text_config",
        towers=towers,
        costless={
            "image_seq_length": "how many tokens a picture becomes: its patches",
            "video_seq_length": "how many tokens a video becomes: the patches of its frames",
            "projector_hidden_act": "an activation between two projections: elementwise",
        },
        multimodal_projector_bias=True,
        vision_feature_select_strategy="default",
    ),
    ties="either",
)
