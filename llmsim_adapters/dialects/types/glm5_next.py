"""GLM-5.3 Flash with its picture encoder. Source: transformers `Glm5NextConfig`."""

from llmsim_adapters.dialects.assembly.resizing import largest_grid
from llmsim_adapters.dialects.assembly.tower import one_tower
from llmsim_adapters.dialects.types import glm5_next_text

towers = one_tower("glm5_next_vision", largest_grid)

DIALECT = glm5_next_text.DIALECT.like(
    "glm5_next",
    text_config="text_config",
    towers=towers,
    classes=("Glm5NextForConditionalGeneration", "Glm5NextForConditionalGenerationNextN"),
)
