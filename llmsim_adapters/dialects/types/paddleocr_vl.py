"""PaddleOCR-VL with its picture encoder; published configs have the text model's keys beside `vision_config`.

Source: transformers `PaddleOCRVLConfig`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.resizing import PADDLEOCR, resized
from llmsim_adapters.dialects.assembly.tower import tower
from llmsim_adapters.dialects.types import ernie4_5
from llmsim_adapters.spec.components import Norm, Projection

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import Stack


def towers(whole: Reader, text: Reader) -> Iterator[Stack]:
    vision = tower(whole, "vision_config", "paddleocr_vl_vision", fixed=True)
    if vision is not None:
        hidden, side = vision.r.size("hidden_size"), vision.r.size("spatial_merge_size")
        width = side * side * hidden
        media = resized(whole, vision.r, PADDLEOCR, frames=1)
        yield vision.running(media).then(
            Norm(hidden, "layer", bias=True),
            Projection(input_size=width, output_size=width, bias=True),
            Projection(input_size=width, output_size=text.size("hidden_size"), bias=True),
        )


_ANGLES = "rotation angles of rotary embeddings: tables that are computed, elementwise"

DIALECT = ernie4_5.DIALECT.like(
    "paddleocr_vl",
    towers=towers,
    costless={
        "compression_ratio": "the class does not read it",
        "rope_is_neox_style": _ANGLES,
        "use_3d_rope": _ANGLES,
        "use_flash_attention": "how the same network is executed",
        "weight_share_add_bias": "the class does not read it: use_bias says which biases there are",
    },
    ties="either",
)
