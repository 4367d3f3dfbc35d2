"""GLM-GA: GLM-4.6V with a processor of its own. Source: transformers `GlmgaConfig`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.resizing import GLMGA, resized
from llmsim_adapters.dialects.assembly.tower import tower
from llmsim_adapters.dialects.types import glm46v

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import Stack


def towers(whole: Reader, _: Reader) -> Iterator[Stack]:
    vision = tower(whole, "vision_config", "glm4v_vision", fixed=True)
    if vision is not None:
        yield vision.running(resized(whole, vision.r, GLMGA)).stack


DIALECT = replace(glm46v.DIALECT.like("glmga", towers=towers), classes=("Glm46VForConditionalGeneration",))
