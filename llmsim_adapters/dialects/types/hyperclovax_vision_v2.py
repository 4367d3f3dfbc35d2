"""HyperCLOVA X SEED Vision: HyperCLOVA X with Qwen2.5-VL's picture encoder and a projection.

Source: transformers `HyperCLOVAXVisionV2Config`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.resizing import resized
from llmsim_adapters.dialects.assembly.tower import tower
from llmsim_adapters.dialects.towers.qwen2_5_vl_vision import window_side
from llmsim_adapters.dialects.types import hyperclovax
from llmsim_adapters.spec.components import Projection

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import Stack


def towers(whole: Reader, text: Reader) -> Iterator[Stack]:
    vision = tower(whole, "vision_config", "qwen2_5_vl_vision", fixed=True)
    if vision is not None:
        window = int(window_side(vision.r) * vision.r.size("spatial_merge_size"))
        into = Projection(input_size=vision.r.size("out_hidden_size"), output_size=text.size("hidden_size"), bias=True)
        yield vision.running(resized(whole, vision.r, window=window)).then(into)


DIALECT = hyperclovax.DIALECT.like(
    "hyperclovax_vision_v2", text_config="text_config", towers=towers, tie_word_embeddings=True
)
