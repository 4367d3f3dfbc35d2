"""Music Flamingo: Audio Flamingo 3 with rotary positions of its sound in time. Source: `MusicFlamingoConfig`."""

from __future__ import annotations

from llmsim_adapters.dialects.types import audioflamingo3

_TIME = "positions of sound in time: no weights, elementwise"

DIALECT = audioflamingo3.DIALECT.like(
    "musicflamingo",
    costless=dict.fromkeys(
        ("audio_frame_step", "head_dim", "max_position_embeddings", "partial_rotary_factor", "rope_parameters"), _TIME
    ),
)
