"""Apertus 1.5: its text model, whose tokens are words and codes of pictures and sounds. Source: `Apertus1p5Config`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.codes import APERTUS1P5, coded
from llmsim_adapters.dialects.assembly.tower import tower
from llmsim_adapters.dialects.towers import apertus1p5_vision_tokenizer, wavtokenizer_encoder
from llmsim_adapters.dialects.types import apertus1p5_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import Stack


def towers(whole: Reader, _: Reader) -> Iterator[Stack]:
    vision = tower(whole, "vision_config", "apertus1p5_vision_tokenizer", fixed=True)
    if vision is not None:
        yield vision.running(coded(whole, apertus1p5_vision_tokenizer.net(vision.r), APERTUS1P5)).stack
    sound = tower(whole, "audio_config", "wavtokenizer_encoder", fixed=True)
    if sound is not None:
        yield sound.running(wavtokenizer_encoder.heard(whole, sound.r)).stack


_CODES = "which tokens codes are: no weights"

DIALECT = apertus1p5_text.DIALECT.like(
    "apertus1p5",
    text_config="text_config",
    towers=towers,
    costless={"audio_token_offset": _CODES, "image_token_offset": _CODES},
)
