"""MiniCPM-OCR: MiniCPM-V 4.6, four patches of which are a token. Source: transformers `MiniCPMOcrConfig`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.types import minicpmv4_6

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import Stack


def towers(whole: Reader, text: Reader) -> Iterator[Stack]:
    yield from minicpmv4_6.sliced(whole, text, "minicpm_ocr_vision", "4x")


DIALECT = minicpmv4_6.DIALECT.like("minicpm_ocr", towers=towers, tie_word_embeddings=True)
