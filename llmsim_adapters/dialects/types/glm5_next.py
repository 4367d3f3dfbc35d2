"""GLM-5.3 Flash with its picture encoder. Source: transformers `Glm5NextConfig`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.resizing import largest_grid
from llmsim_adapters.dialects.assembly.tower import tower
from llmsim_adapters.dialects.types import glm5_next_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import Stack


def towers(whole: Reader, _: Reader) -> Iterator[Stack]:
    vision = tower(whole, "vision_config", "glm5_next_vision", fixed=True)
    if vision is not None:
        yield vision.running(largest_grid(whole, vision.r)).stack


DIALECT = replace(
    glm5_next_text.DIALECT.like("glm5_next", text_config="text_config", towers=towers),
    classes=("Glm5NextForConditionalGeneration", "Glm5NextForConditionalGenerationNextN"),
)
