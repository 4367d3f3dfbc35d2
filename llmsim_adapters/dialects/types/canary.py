"""Canary: a fast conformer, and a decoder that attends to what it heard (arXiv:2509.14128).

Source: transformers `CanaryConfig`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.tower import tower
from llmsim_adapters.dialects.towers import parakeet_encoder
from llmsim_adapters.dialects.types import canary_decoder

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import Stack


def towers(whole: Reader, _: Reader) -> Iterator[Stack]:
    sound = tower(whole, "encoder_config", "parakeet_encoder", without=_DEFAULTS)
    if sound is not None:
        yield replace(sound.running(parakeet_encoder.heard(whole, sound.r, attended=True)).stack, name="audio")


_DEFAULTS = {"num_hidden_layers": 32, "num_mel_bins": 128}

DIALECT = canary_decoder.DIALECT.like(
    "canary",
    text_config="decoder_config",
    towers=towers,
)
