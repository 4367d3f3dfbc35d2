"""EmbeddingGemma 2: its text model, and encoders that no dialect reads yet. Source: `EmbeddingGemma2Config`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.types import embedding_gemma2_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import Stack


def towers(whole: Reader, _: Reader) -> Iterable[Stack]:
    absent = [key for key in ("audio_config", "vision_config") if whole.raw.get(key) is None]
    whole.no_effect(absent, "null: there is no such encoder")
    return ()


DIALECT = embedding_gemma2_text.DIALECT.like("embedding_gemma2", text_config="text_config", towers=towers)
