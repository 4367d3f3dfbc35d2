"""The text model of GLM-Image: GLM-4.1V's, whose head gives a picture's tokens alone. Source: `GlmImageTextConfig`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.types import glm4, glm4v_text
from llmsim_adapters.spec.components import Head

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    rows = r.size("vision_vocab_size")
    return glm4.read(r).transform(Head, lambda head: replace(head, vocab_size=rows))


DIALECT = glm4v_text.DIALECT.like("glm_image_text", read=read, vocab_size=168064, vision_vocab_size=16512)
