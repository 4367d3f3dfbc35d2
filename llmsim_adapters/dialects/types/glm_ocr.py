"""GLM-OCR: its text model and a picture encoder of its own. Source: transformers `GlmOcrConfig`."""

from functools import partial

from llmsim_adapters.dialects.assembly.resizing import GLM4V, resized
from llmsim_adapters.dialects.assembly.tower import one_tower
from llmsim_adapters.dialects.types import glm_ocr_text

towers = one_tower("glm_ocr_vision", partial(resized, of=GLM4V))

DIALECT = glm_ocr_text.DIALECT.like(
    "glm_ocr",
    text_config="text_config",
    towers=towers,
    ties="either",
    disputed=glm_ocr_text.DIALECT.disputed,
    tie_word_embeddings=False,
)
