"""GLM-5.3 Flash's picture encoder: GLM-OCR's, whose merger has a width of its own. `Glm5NextVisionConfig`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.towers import glm_ocr_vision

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    return glm_ocr_vision.normed(r, r.size("projection_intermediate_size"))


DIALECT = glm_ocr_vision.DIALECT.like(
    "glm5_next_vision",
    read=read,
    costless={"swiglu_limit": "a bound of activations: elementwise"},
    projection_intermediate_size=10240,
)
