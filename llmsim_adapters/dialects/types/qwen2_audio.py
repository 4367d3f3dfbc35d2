"""Qwen2-Audio: Qwen2 with Whisper's encoder of sound and one projection. Source: transformers `Qwen2AudioConfig`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.sound import chunked
from llmsim_adapters.dialects.assembly.tower import tower
from llmsim_adapters.dialects.types import qwen2
from llmsim_adapters.spec.components import Projection

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import Stack


def towers(whole: Reader, text: Reader) -> Iterator[Stack]:
    sound = tower(whole, "audio_config", "qwen2_audio_encoder")
    if sound is not None:
        media = chunked(whole, sound.r, keeps="averaged", group=2, cut_off=True)
        into = Projection(input_size=sound.r.size("hidden_size"), output_size=text.size("hidden_size"), bias=True)
        yield sound.running(media).then(into, rows=("results",))


DIALECT = qwen2.DIALECT.like(
    "qwen2_audio",
    text_config="text_config",
    towers=towers,
    ties="never",
)
