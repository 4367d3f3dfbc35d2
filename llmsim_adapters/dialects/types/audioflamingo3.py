"""Audio Flamingo 3: Qwen2 with Whisper's encoder of sound and two projections. Source: `AudioFlamingo3Config`."""

from __future__ import annotations

from dataclasses import replace
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
    sound = tower(whole, "audio_config", "audioflamingo3_encoder")
    if sound is not None:
        hidden, bias = text.size("hidden_size"), whole.flag("projector_bias")
        into = Projection(input_size=sound.r.size("hidden_size"), output_size=hidden, bias=bias)
        media = chunked(whole, sound.r, keeps="averaged", group=2)
        yield sound.running(media).then(into, replace(into, input_size=hidden), rows=("results", "results"))


DIALECT = qwen2.DIALECT.like(
    "audioflamingo3",
    text_config="text_config",
    towers=towers,
    costless={"projector_hidden_act": "an activation between two projections: elementwise"},
    projector_bias=True,
    ties="never",
)
