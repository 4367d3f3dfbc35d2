"""EXAONE 4.5: EXAONE 4 with Qwen2.5-VL's kind of picture encoder. Source: transformers `Exaone4_5_Config`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.resizing import resized
from llmsim_adapters.dialects.assembly.tower import tower
from llmsim_adapters.dialects.towers.qwen2_5_vl_vision import window_side
from llmsim_adapters.dialects.types import exaone4

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import Stack


def towers(whole: Reader, _: Reader) -> Iterator[Stack]:
    vision = tower(whole, "vision_config", "exaone4_5_vision", fixed=True)
    if vision is not None:
        window = int(window_side(vision.r) * vision.r.size("spatial_merge_size"))
        yield vision.running(resized(whole, vision.r, window=window)).stack


DIALECT = exaone4.DIALECT.like(
    "exaone4_5",
    text_config="text_config",
    towers=towers,
    tie_word_embeddings=False,
)
