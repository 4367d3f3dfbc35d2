"""Granite Speech: Granite with a conformer for sound, which a Q-former asks window by window. `GraniteSpeechConfig`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.media import Settings, origin, rule
from llmsim_adapters.dialects.assembly.tower import tower
from llmsim_adapters.dialects.towers.blip_2_qformer import same_queries
from llmsim_adapters.dialects.types import granite
from llmsim_adapters.spec.components import LearnedTokens, Projection
from llmsim_adapters.spec.media.asked import AskedSound
from llmsim_adapters.spec.media.framed import FramedSound, Framing, Stride, over_frames

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.media.media import Media
    from llmsim_adapters.spec.model import Stack


def towers(whole: Reader, text: Reader) -> Iterator[Stack]:
    yield from listening(whole, text, "granite_speech_encoder")


def listening(whole: Reader, text: Reader, model_type: str) -> Iterator[Stack]:
    """Yield the encoder of a type, and the Q-former that asks it."""
    sound = tower(whole, "encoder_config", model_type)
    former = tower(whole, "projector_config", "blip_2_qformer")
    if sound is None or former is None:
        return
    window, rate = whole.size("window_size"), whole.size("downsample_rate")
    queries = window // rate
    whole.check("downsample_rate", queries > 0, "leaves no query of a window")
    yield replace(sound.running(heard(whole)).stack, name="audio")
    hidden = former.r.size("hidden_size")
    stack = same_queries(former.stack, queries)
    asked = former._replace(stack=replace(stack, name="qformer", axis="frames"))
    into = Projection(input_size=hidden, output_size=text.size("hidden_size"), bias=True)
    tokens = LearnedTokens(hidden_size=hidden, count=queries)
    yield asked.running(heard(whole, int(window), int(queries))).then(tokens, into, rows=("once", "rows"))


def heard(whole: Reader, window: int = 0, queries: int = 0) -> Media:
    """Return the rule of sound, two frames of which are one; with a `window`, that of the Q-former.

    Settings of `GraniteSpeechFeatureExtractor`: `sampling_rate`.
    """

    def made(sounds: Settings) -> Media:
        rate = sounds.integer("sampling_rate", default=16000)
        framing = Framing(_HOP, lead=_HOP, hop=_HOP, rate=rate)
        pairs = over_frames(Stride(2, 2, 0))
        said = origin(sounds, "GraniteSpeechFeatureExtractor")
        if window:
            return AskedSound(framing=framing, bins=1, strides=pairs, window=window, queries=queries, origin=said)
        return FramedSound(framing=framing, bins=1, strides=pairs, encoded=True, origin=said)

    return rule(whole, "audio", made)


_HOP = 160

DIALECT = granite.DIALECT.like(
    "granite_speech",
    text_config="text_config",
    towers=towers,
    costless={"has_lora_adapter": "an adapter is a file of its own, which runs beside sound"},
    downsample_rate=5,
    window_size=15,
    tie_word_embeddings=True,
)
