"""GLM-5.3 Flash with a picture encoder that no dialect reads yet. Source: transformers `Glm5NextConfig`."""

from __future__ import annotations

from dataclasses import replace

from llmsim_adapters.dialects.types import glm5_next_text, glm_ocr

DIALECT = replace(
    glm5_next_text.DIALECT.like("glm5_next", text_config="text_config", towers=glm_ocr.towers),
    classes=("Glm5NextForConditionalGeneration", "Glm5NextForConditionalGenerationNextN"),
)
