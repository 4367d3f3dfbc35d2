"""PaliGemma: Gemma with SigLIP's picture encoder and one projection. Source: transformers `PaliGemmaConfig`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from llmsim_adapters.dialects.assembly.media import square
from llmsim_adapters.dialects.assembly.tower import patch_count, tower
from llmsim_adapters.dialects.types import gemma
from llmsim_adapters.spec.components import Projection

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import Stack


ENCODER: Final[Mapping[str, Any]] = {
    "hidden_size": 1152,
    "intermediate_size": 4096,
    "num_hidden_layers": 27,
    "num_attention_heads": 16,
    "patch_size": 14,
    "image_size": 224,
    "vision_use_head": False,
}
"""What the encoder is where the whole config says nothing of it."""


def towers(whole: Reader, text: Reader, without: Mapping[str, Any] = ENCODER) -> Iterator[Stack]:
    """Read the encoder, of the class's own sizes `without` any config of it, and what projects its results."""
    vision = tower(whole, "vision_config", "siglip_vision_model", without=without)
    if vision is None:
        return
    media = replace(square(vision.r, tokens=patch_count(vision.r)), mutual="prompt")
    if vision.r.has("projection_dim"):
        whole.no_effect(("projection_dim",), "the encoder's own is taken")
        width = vision.r.size("projection_dim")
    else:
        width = vision.r.size_or("projection_dim", lambda: whole.size("projection_dim"))
    yield vision.running(media).then(Projection(input_size=vision.r.size("hidden_size"), output_size=width, bias=True))


TEXT: Final[Mapping[str, Any]] = {
    "vocab_size": 257152,
    "hidden_size": 2048,
    "intermediate_size": 16384,
    "num_hidden_layers": 18,
    "num_attention_heads": 8,
    "num_key_value_heads": 1,
}
"""What the language model is where the whole config says nothing of it."""

DIALECT = gemma.DIALECT.like(
    "paligemma",
    text_config="text_config",
    without_text=TEXT,
    towers=towers,
    tie_word_embeddings=True,
    projection_dim=2048,
)
