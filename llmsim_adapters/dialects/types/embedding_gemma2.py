"""EmbeddingGemma 2 with pictures and sound, where it has encoders. Source: transformers `EmbeddingGemma2Config`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.types import embedding_gemma2_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import Stack


def towers(whole: Reader, text: Reader) -> Iterator[Stack]:
    """Read that there is no encoder; one that there is stays unread, and is a gap."""
    del text
    for key in ("vision_config", "audio_config"):
        if not whole.has(key):
            whole.no_effect((key,), "null: there is no such encoder")
    yield from ()


DIALECT = embedding_gemma2_text.DIALECT.like(
    "embedding_gemma2", text_config="text_config", towers=towers, classes=("EmbeddingGemma2Model",)
)
