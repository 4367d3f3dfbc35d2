"""PaliGemma: Gemma with SigLIP's picture encoder and one projection. Source: transformers `PaliGemmaConfig`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.media import square
from llmsim_adapters.dialects.assembly.tower import patch_count, tower
from llmsim_adapters.dialects.types import gemma
from llmsim_adapters.spec.components import Projection

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import Stack


def towers(whole: Reader, text: Reader) -> Iterator[Stack]:
    vision = tower(whole, "vision_config", "siglip_vision_model")
    if vision is None:
        return
    media = replace(square(vision.r, tokens=patch_count(vision.r)), mutual="prompt")
    if vision.r.has("projection_dim"):
        whole.no_effect(("projection_dim",), "the encoder's own is taken")
        width = vision.r.size("projection_dim")
    else:
        width = vision.r.size_or("projection_dim", lambda: whole.size("projection_dim"))
    yield vision.running(media).then(Projection(input_size=vision.r.size("hidden_size"), output_size=width, bias=True))


DIALECT = gemma.DIALECT.like(
    "paligemma",
    text_config="text_config",
    towers=towers,
    tie_word_embeddings=True,
    projection_dim=2048,
    ties="either",
)
