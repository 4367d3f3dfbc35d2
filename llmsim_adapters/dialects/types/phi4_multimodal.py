"""Phi-4-multimodal: Phi-4-mini with encoders of pictures and of sound, whose results two projections each take in.

Source: transformers `Phi4MultimodalConfig`, whose class has no adapters (`Phi4MMForCausalLM`, of remote code, has).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.media import Settings, origin, rule
from llmsim_adapters.dialects.assembly.tower import tower
from llmsim_adapters.dialects.types import phi3
from llmsim_adapters.spec.components import LearnedTokens, Projection
from llmsim_adapters.spec.media.framed import FramedSound, Framing, Stride
from llmsim_adapters.spec.media.hd import DynamicHd
from llmsim_adapters.spec.media.media import NEVER

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmsim_adapters.dialects.assembly.tower import Tower
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.media.media import Media
    from llmsim_adapters.spec.model import Stack


def towers(whole: Reader, text: Reader) -> Iterator[Stack]:
    vision = tower(whole, "vision_config", "phi4_multimodal_vision", fixed=True)
    if vision is not None:
        yield seen(whole, text, vision)
    sound = tower(whole, "audio_config", "phi4_multimodal_audio", fixed=True)
    if sound is not None:
        yield listening(whole, text, sound)


def seen(whole: Reader, text: Reader, vision: Tower) -> Stack:
    """Return the encoder of pictures with its separators and projections."""
    hidden, width = text.size("hidden_size"), vision.r.size("hidden_size")
    separators = (LearnedTokens(hidden_size=width),) * 2  # between parts of a picture
    into = Projection(input_size=width, output_size=hidden, bias=True)
    last = Projection(input_size=hidden, output_size=hidden, bias=True)
    return vision.running(cut(whole, vision.r)).then(*separators, into, last, rows=("tokens",) * 4)


def listening(whole: Reader, text: Reader, sound: Tower) -> Stack:
    """Return the encoder of sound with its projections: once for sound alone, once beside pictures, and one runs."""
    hidden, width = text.size("hidden_size"), sound.r.size("hidden_size") * sound.r.size("downsample_rate")
    into = Projection(input_size=width, output_size=hidden, bias=True)
    last = Projection(input_size=hidden, output_size=hidden, bias=True)
    rows = ("results", "results", NEVER, NEVER)
    return sound.running(heard(whole, sound.r)).then(into, last, into, last, rows=rows)


def cut(whole: Reader, r: Reader) -> Media:
    """Return the rule of pictures. Settings of `Phi4MultimodalImageProcessor`: `size`, `dynamic_hd`."""

    def made(images: Settings) -> Media:
        return DynamicHd(
            side=images.side(default=448),
            patch=int(r.size("patch_size")),
            most=images.integer("dynamic_hd", default=36),
            origin=origin(images, "Phi4MultimodalImageProcessor"),
        )

    return rule(whole, "image", made)


def heard(whole: Reader, r: Reader) -> Media:
    """Return the rule of sound. Settings of `Phi4MultimodalFeatureExtractor`: `win_length`, `hop_length`."""

    def made(sounds: Settings) -> Media:
        halvings = int(r.size("time_reduction")).bit_length() - 1
        rate, hop = sounds.integer("sampling_rate", default=16000), sounds.integer("hop_length", default=160)
        return FramedSound(
            framing=Framing(sounds.integer("win_length", default=400), hop=hop, rate=rate),
            bins=int(r.size("input_size")),
            strides=((Stride(), Stride()),) * halvings,
            reduced=int(r.size("downsample_rate")),
            origin=origin(sounds, "Phi4MultimodalFeatureExtractor"),
        )

    return rule(whole, "audio", made)


DIALECT = phi3.DIALECT.like("phi4_multimodal", towers=towers, vocab_size=200064, num_key_value_heads=8)
