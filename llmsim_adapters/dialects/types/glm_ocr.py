"""GLM-OCR: its text model, and a picture encoder that no dialect reads yet. Source: transformers `GlmOcrConfig`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.types import glm_ocr_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import Stack


def towers(_: Reader, __: Reader) -> Iterable[Stack]:
    return ()


DIALECT = glm_ocr_text.DIALECT.like("glm_ocr", text_config="text_config", towers=towers)
