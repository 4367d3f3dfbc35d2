"""InternVL in transformers: a language model with InternViT, and a projection of four patches at once.

Source: transformers `InternVLConfig`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.tower import tower
from llmsim_adapters.dialects.types import qwen2
from llmsim_adapters.dialects.types.internvl_chat import shuffled

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import Stack


def towers(whole: Reader, text: Reader, *, kind: str = "internvl_vision", videos: bool = True) -> Iterator[Stack]:
    vision = tower(whole, "vision_config", kind)
    if vision is not None:
        yield from shuffled(whole, text, vision, videos=videos)


DIALECT = qwen2.DIALECT.like(
    "internvl",
    text_config="text_config",
    towers=towers,
    costless={
        "image_seq_length": "how many tokens a tile becomes: its patches",
        "projector_hidden_act": "an activation between two projections: elementwise",
        "vision_feature_layer": "which layer's results are projected: all layers run",
        "vision_feature_select_strategy": "whether the class token's result is projected: its rows are no patches",
    },
    downsample_ratio=0.5,
    tie_word_embeddings=True,
)
