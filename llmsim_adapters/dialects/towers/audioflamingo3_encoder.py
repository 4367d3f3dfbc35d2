"""Audio Flamingo 3's encoder of sound: Whisper's. Source: transformers `AudioFlamingo3EncoderConfig`."""

from __future__ import annotations

from llmsim_adapters.dialects.towers import qwen2_audio_encoder

DIALECT = qwen2_audio_encoder.DIALECT.like(
    "audioflamingo3_encoder",
    costless={
        "layerdrop": "training only",
        "scale_embedding": "a factor of the hidden states: elementwise",
    },
)
