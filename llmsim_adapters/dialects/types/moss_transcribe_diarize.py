"""MOSS-Transcribe: Qwen3 with Whisper's encoder of sound, of whose frames several are one token, and two projections.

Source: transformers `MossTranscribeDiarizeConfig`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.decoder import layer_norm
from llmsim_adapters.dialects.assembly.sound import chunked
from llmsim_adapters.dialects.assembly.tower import tower
from llmsim_adapters.dialects.types import qwen3
from llmsim_adapters.spec.components import Projection

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import Stack


def towers(whole: Reader, text: Reader) -> Iterator[Stack]:
    sound = tower(whole, "audio_config", "moss_transcribe_diarize_audio", fixed=True)
    if sound is not None:
        hidden, frames = text.size("hidden_size"), whole.size("audio_merge_size")
        width = frames * sound.r.size("hidden_size")
        into = Projection(input_size=width, output_size=hidden, bias=whole.flag("projector_bias"))
        media = chunked(whole, sound.r, keeps="filled", group=int(frames))
        yield sound.running(media).then(into, replace(into, input_size=hidden), layer_norm(text))


DIALECT = qwen3.DIALECT.like(
    "moss_transcribe_diarize",
    text_config="text_config",
    without_text=qwen3.OF_600M,
    towers=towers,
    costless={
        "audio_chunk_size": "how sound is cut: as long as the encoder's positions are",
        "projector_hidden_act": "an activation between two projections: elementwise",
    },
    audio_merge_size=4,
    projector_bias=True,
    tie_word_embeddings=True,
)
