"""Phi-4-multimodal: Phi-4-mini with encoders of pictures and of sound, whose results two projections each take in.

Source: transformers `Phi4MultimodalConfig`, whose class has no adapters (`Phi4MMForCausalLM`, of remote code, has).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.tower import tower
from llmsim_adapters.dialects.types import phi3
from llmsim_adapters.spec.components import LearnedTokens, Projection

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import Stack


def towers(whole: Reader, text: Reader) -> Iterator[Stack]:
    hidden = text.size("hidden_size")
    last = Projection(input_size=hidden, output_size=hidden, bias=True)
    vision = tower(whole, "vision_config", "phi4_multimodal_vision", fixed=True)
    if vision is not None:
        width = vision.r.size("hidden_size")
        separators = (LearnedTokens(hidden_size=width),) * 2  # between parts of a picture
        yield vision.then(*separators, Projection(input_size=width, output_size=hidden, bias=True), last)
    sound = tower(whole, "audio_config", "phi4_multimodal_audio", fixed=True)
    if sound is not None:
        width = sound.r.size("hidden_size") * sound.r.size("downsample_rate")
        into = Projection(input_size=width, output_size=hidden, bias=True)
        yield sound.then(into, last, into, last)  # once for sound alone, once beside pictures


DIALECT = phi3.DIALECT.like("phi4_multimodal", towers=towers, vocab_size=200064, num_key_value_heads=8)
