"""MiniMax-M3 with pictures: each patch is projected, and four neighbours at once after it.

Source: `MiniMaxM3VLConfig`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.resizing import MINIMAX_M3_VL, resized
from llmsim_adapters.dialects.assembly.tower import tower
from llmsim_adapters.dialects.types import minimax_m3_vl_text
from llmsim_adapters.spec.components import Projection

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import Stack


def towers(whole: Reader, text: Reader) -> Iterator[Stack]:
    vision = tower(whole, "vision_config", "minimax_m3_vl_vision", fixed=True)
    if vision is None:
        return
    hidden, inner = text.size("hidden_size"), whole.size("projector_hidden_size")
    side = vision.r.size("spatial_merge_size")
    whole.no_effect(("merged_hidden_size",), "follows from the text's hidden_size and the patches that are merged")
    yield vision.running(resized(whole, vision.r, MINIMAX_M3_VL, text=2)).then(
        Projection(input_size=vision.r.size("hidden_size"), output_size=inner, bias=True),
        Projection(input_size=inner, output_size=hidden, bias=True),
        Projection(input_size=side * side * hidden, output_size=inner, bias=True),
        Projection(input_size=inner, output_size=hidden, bias=True),
        rows=("rows", "rows", "tokens", "tokens"),
    )


DIALECT = replace(
    minimax_m3_vl_text.DIALECT.like(
        "minimax_m3_vl",
        text_config="text_config",
        towers=towers,
        classes=("MiniMaxM3SparseForConditionalGeneration",),
        projector_hidden_size=6144,
        tie_word_embeddings=False,
    ),
    ties="either",
)
