"""MiniMax-M3: its text model with an encoder of pictures, whose patches are projected, merged and projected again.

Source: transformers `MiniMaxM3VLConfig`, and the published config of nvidia/MiniMax-M3-NVFP4.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from llmsim_adapters.dialects.assembly.resizing import MINIMAX_M3_VL, resized
from llmsim_adapters.dialects.assembly.tower import tower
from llmsim_adapters.dialects.types import minimax_m3_vl_text
from llmsim_adapters.spec.components import Projection

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import Stack

_ELSEWHERE: Final = "what the processor makes of pictures, which the schedule says"


def towers(whole: Reader, text: Reader) -> Iterator[Stack]:
    vision = tower(whole, "vision_config", "minimax_m3_vl_vision", fixed=True)
    if vision is None:
        return
    whole.no_effect(("merged_hidden_size",), "follows from the text's hidden_size and the patches that are merged")
    r, out = vision.r, text.size("hidden_size")
    side, wide = r.size("spatial_merge_size"), whole.size("projector_hidden_size")
    sizes = (r.size("hidden_size"), wide, out), (out * side * side, wide, out)
    yield vision.running(resized(whole, r, MINIMAX_M3_VL, text=2)).then(
        *[
            Projection(input_size=one, output_size=other, bias=True)
            for first, second, third in sizes
            for one, other in ((first, second), (second, third))
        ],
        rows=("rows", "rows", "tokens", "tokens"),
    )


DIALECT = minimax_m3_vl_text.DIALECT.like(
    "minimax_m3_vl",
    text_config="text_config",
    towers=towers,
    costless={
        **dict.fromkeys(("image_grid_pinpoints", "image_seq_length", "process_image_mode"), _ELSEWHERE),
        "img_token_compression_config": "as in the encoder's own config",
        "multimodal_projector_bias": "the class's projections have biases",
        "projector_hidden_act": "an activation between two projections: elementwise",
        "vision_feature_layer": "the class takes the last one",
        "vision_feature_select_strategy": "the class takes all patches",
    },
    classes=("MiniMaxM3SparseForConditionalGeneration",),
    projector_hidden_size=6144,
    ties="either",
)
