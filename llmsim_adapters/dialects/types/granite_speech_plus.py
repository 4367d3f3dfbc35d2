"""Granite Speech Plus: Granite Speech with an encoder that may join more layers. Source: `GraniteSpeechPlusConfig`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.types import granite_speech

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import Stack


def towers(whole: Reader, text: Reader) -> Iterator[Stack]:
    yield from granite_speech.listening(whole, text, "granite_speech_plus_encoder")


DIALECT = granite_speech.DIALECT.like("granite_speech_plus", towers=towers)
