"""LightOnOCR: Qwen3 with Pixtral's picture encoder and Mistral 3's merger. Source: transformers `LightOnOcrConfig`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.resizing import shrunk
from llmsim_adapters.dialects.assembly.tower import tower
from llmsim_adapters.dialects.types import qwen3
from llmsim_adapters.dialects.types.mistral3 import VISION, merged

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import Stack


def towers(whole: Reader, text: Reader) -> Iterator[Stack]:
    vision = tower(whole, "vision_config", "pixtral", fixed=True, without=VISION)
    if vision is not None:
        side = whole.size("spatial_merge_size")
        media = shrunk(whole, vision.r, merge=int(side), marked=False)
        yield vision.running(media).then(*merged(vision, text.size("hidden_size"), side))


DIALECT = qwen3.DIALECT.like(
    "lighton_ocr",
    text_config="text_config",
    without_text=qwen3.OF_600M,
    towers=towers,
    spatial_merge_size=2,
    tie_word_embeddings=True,
)
