"""GLM-GA: GLM-4.6V whose pictures may have larger squares as units. Source: transformers `GlmgaConfig`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.resizing import GLMGA, resized
from llmsim_adapters.dialects.assembly.tower import tower
from llmsim_adapters.dialects.types import glm4v_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import Stack


def towers(whole: Reader, _: Reader) -> Iterator[Stack]:
    vision = tower(whole, "vision_config", "glm4v_vision", fixed=True)
    if vision is not None:
        yield vision.running(resized(whole, vision.r, GLMGA)).stack


DIALECT = glm4v_text.DIALECT.like("glmga", text_config="text_config", towers=towers)
