"""Command A Vision: Cohere 2 with SigLIP over tiles, four patches of which are projected by gates.

Source: transformers `Cohere2VisionConfig`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from llmsim_adapters.dialects.assembly.media import COHERE2, tiled
from llmsim_adapters.dialects.assembly.tower import tower
from llmsim_adapters.dialects.types import cohere2
from llmsim_adapters.spec.components import Projection

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import Stack


def towers(whole: Reader, text: Reader) -> Iterator[Stack]:
    vision = tower(whole, "vision_config", "siglip_vision_model", without=_ENCODER)
    if vision is None:
        return
    side, hidden = whole.size("downsample_factor"), text.size("hidden_size")
    width, inner = side * side * vision.r.size("hidden_size"), whole.size("alignment_intermediate_size")
    yield vision.running(tiled(whole, vision.r, side, tile_text=1, processor=COHERE2)).then(
        Projection(input_size=width, output_size=inner, bias=True),
        Projection(input_size=inner // 2, output_size=hidden, bias=True),
    )


_ENCODER: Final = {
    "hidden_size": 1152,
    "intermediate_size": 3072,
    "num_hidden_layers": 27,
    "num_attention_heads": 12,
    "image_size": 512,
}

DIALECT = cohere2.DIALECT.like(
    "cohere2_vision",
    text_config="text_config",
    towers=towers,
    downsample_factor=2,
    alignment_intermediate_size=36864,
    tie_word_embeddings=True,
)
