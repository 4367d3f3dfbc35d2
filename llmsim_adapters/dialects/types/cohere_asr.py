"""Cohere Transcribe: a fast conformer, and a decoder that attends to its projected results.

Source: transformers `CohereAsrConfig`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.ends import learned_positions
from llmsim_adapters.dialects.assembly.tower import tower
from llmsim_adapters.dialects.towers import parakeet_encoder
from llmsim_adapters.dialects.types import canary_decoder
from llmsim_adapters.spec.components import Projection

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec, Stack


def read(r: Reader) -> ModelSpec:
    return canary_decoder.listening(r, learned_positions(r))


def towers(whole: Reader, text: Reader) -> Iterator[Stack]:
    sound = tower(whole, "encoder_config", _ENCODER)
    if sound is not None:
        heard = parakeet_encoder.heard(whole, sound.r, attended=True, cut_where_quiet=True)
        into = Projection(input_size=sound.r.size("hidden_size"), output_size=text.size("hidden_size"), bias=True)
        yield replace(sound.running(heard).then(into, rows=("rows",)), name="audio")


_ENCODER = parakeet_encoder.DIALECT.like(
    "parakeet_encoder", hidden_size=1280, intermediate_size=5120, num_hidden_layers=48, num_mel_bins=128
)

DIALECT = canary_decoder.DIALECT.like(
    "cohere_asr",
    read=read,
    towers=towers,
    max_position_embeddings=1024,
    num_key_value_heads=None,
    head_dim=None,
    tie_word_embeddings=False,
)
