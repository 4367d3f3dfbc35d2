"""Mistral Small 3.1 and Ministral 3: Mistral with Pixtral's encoder, whose neighbours are merged. `Mistral3Config`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from llmsim_adapters.dialects.assembly.resizing import shrunk
from llmsim_adapters.dialects.assembly.tower import tower
from llmsim_adapters.dialects.types import mistral
from llmsim_adapters.dialects.types.llava import layers_taken
from llmsim_adapters.spec.components import Norm, Projection

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from llmsim_adapters.dialects.assembly.tower import Tower
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.components import Component
    from llmsim_adapters.spec.model import Stack

VISION: Final = {"patch_size": 14, "image_size": 1540}
"""What the encoder is where the whole config says nothing of it, beside the encoder's own defaults."""


def towers(whole: Reader, text: Reader, without: Mapping[str, Any] = VISION) -> Iterator[Stack]:
    """Read the encoder, of the class's own sizes `without` any config of it, and what merges and projects patches."""
    vision = tower(whole, "vision_config", "pixtral", without=without)
    if vision is None:
        return
    hidden, side = text.size("hidden_size"), whole.size("spatial_merge_size")
    bias = whole.flag("multimodal_projector_bias")
    media = shrunk(whole, vision.r, merge=int(side))
    yield vision.running(media).then(*merged(vision, hidden, side, taken=layers_taken(whole), bias=bias))


def merged(vision: Tower, hidden: int, side: int, *, taken: int = 1, bias: bool = False) -> tuple[Component, ...]:
    """Return what merges `side` squared patches of so many layers, and projects them to the language model's size."""
    width = vision.r.size("hidden_size")
    return (
        Norm(width),
        Projection(input_size=side * side * width, output_size=width),
        Projection(input_size=taken * width, output_size=hidden, bias=bias),
        Projection(input_size=hidden, output_size=hidden, bias=bias),
    )


DIALECT = mistral.DIALECT.like(
    "mistral3",
    text_config="text_config",
    without_text={
        "vocab_size": 131072,
        "hidden_size": 5120,
        "intermediate_size": 32768,
        "num_hidden_layers": 40,
        "num_attention_heads": 32,
        "num_key_value_heads": 8,
        "head_dim": 128,
        "sliding_window": None,
    },
    towers=towers,
    costless={"projector_hidden_act": "an activation between two projections: elementwise"},
    spatial_merge_size=2,
    multimodal_projector_bias=False,
    classes=("LightOnOCRForConditionalGeneration",),
    tie_word_embeddings=True,
)
