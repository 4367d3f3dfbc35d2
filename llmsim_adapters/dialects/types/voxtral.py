"""Voxtral: Llama with Whisper's encoder of sound, of whose frames four are one token. Source: `VoxtralConfig`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.sound import chunked
from llmsim_adapters.dialects.assembly.tower import tower
from llmsim_adapters.dialects.types import llama
from llmsim_adapters.spec.components import Projection

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import Stack


def towers(whole: Reader, text: Reader) -> Iterator[Stack]:
    sound = tower(whole, "audio_config", "voxtral_encoder")
    if sound is not None:
        hidden, width = text.size("hidden_size"), sound.r.size("intermediate_size")
        sound = sound.running(chunked(whole, sound.r, keeps="all", group=int(width // sound.r.size("hidden_size"))))
        into = Projection(input_size=width, output_size=hidden)
        yield sound.then(into, Projection(input_size=hidden, output_size=hidden))


DIALECT = llama.DIALECT.like(
    "voxtral",
    text_config="text_config",
    without_text={
        "vocab_size": 131072,
        "hidden_size": 3072,
        "intermediate_size": 8192,
        "num_hidden_layers": 30,
        "num_key_value_heads": 8,
        "head_dim": 128,
    },
    fills_text=True,
    towers=towers,
    costless={"projector_hidden_act": "an activation between two projections: elementwise"},
    ties="never",
)
