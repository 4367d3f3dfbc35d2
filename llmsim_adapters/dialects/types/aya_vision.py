"""Aya Vision: Cohere 2 with SigLIP's picture encoder over tiles, four patches of which are projected by gates.

Source: transformers `AyaVisionConfig`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.media import tiled
from llmsim_adapters.dialects.assembly.tower import tower
from llmsim_adapters.dialects.types import cohere2
from llmsim_adapters.spec.components import Norm, Projection

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import Stack


def towers(whole: Reader, text: Reader) -> Iterator[Stack]:
    vision = tower(whole, "vision_config", "siglip_vision_model")
    if vision is None:
        return
    side, hidden = whole.size("downsample_factor"), text.size("hidden_size")
    width = side * side * vision.r.size("hidden_size")
    inner = whole.size_or("alignment_intermediate_size", lambda: hidden)
    yield vision.running(tiled(whole, vision.r, side, tile_text=1)).then(
        Norm(width, "layer", bias=True),
        Projection(input_size=width, output_size=inner, bias=True),
        Projection(input_size=inner // 2, output_size=hidden, bias=True),
    )


DIALECT = cohere2.DIALECT.like(
    "aya_vision",
    text_config="text_config",
    towers=towers,
    costless={
        "adapter_layer_norm_eps": "a number inside a norm",
        "vision_feature_layer": "which layer's results are projected: all layers run",
        "vision_feature_select_strategy": "whether a class token's result is projected, which SigLIP has none of",
    },
    downsample_factor=2,
    tie_word_embeddings=True,
)
