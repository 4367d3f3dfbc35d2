"""GLM-4.1V with its picture encoder; published configs have the text model's keys beside `vision_config`.

Source: transformers `Glm4vConfig`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.resizing import GLM4V, resized
from llmsim_adapters.dialects.assembly.tower import tower
from llmsim_adapters.dialects.types import glm4v_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import Stack


def towers(whole: Reader, _: Reader) -> Iterator[Stack]:
    vision = tower(whole, "vision_config", "glm4v_vision", fixed=True)
    if vision is not None:
        yield vision.running(resized(whole, vision.r, GLM4V)).stack


DIALECT = glm4v_text.DIALECT.like("glm4v", towers=towers)
