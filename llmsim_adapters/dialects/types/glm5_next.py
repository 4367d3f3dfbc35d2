"""GLM-5.3 Flash with its picture encoder. Source: transformers `Glm5NextConfig`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.resizing import largest_grid
from llmsim_adapters.dialects.assembly.tower import one_tower
from llmsim_adapters.dialects.assembly.videos import with_videos
from llmsim_adapters.dialects.types import glm5_next_text

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.media.media import Media


def seen(whole: Reader, r: Reader) -> Media:
    """Return the rule of pictures, and of videos, whose frames have more tokens together."""
    return with_videos(largest_grid(whole, r), largest_grid(whole, r, kind="video", most=240_000))


towers = one_tower("glm5_next_vision", seen)

DIALECT = glm5_next_text.DIALECT.like(
    "glm5_next",
    text_config="text_config",
    towers=towers,
    classes=("Glm5NextForConditionalGeneration", "Glm5NextForConditionalGenerationNextN"),
)
