"""Music Flamingo: Audio Flamingo 3 with rotary positions of its sound in time. Source: `MusicFlamingoConfig`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.types import audioflamingo3

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import Stack


def towers(whole: Reader, text: Reader) -> Iterator[Stack]:
    whole.mark("max_position_embeddings")  # the class writes what its rotary positions have as theta, a real number
    yield from audioflamingo3.towers(whole, text)


DIALECT = audioflamingo3.DIALECT.like(
    "musicflamingo",
    towers=towers,
    costless=dict.fromkeys(
        ("audio_frame_step", "head_dim", "partial_rotary_factor", "rope_parameters"),
        "positions of sound in time: no weights, elementwise",
    ),
)
