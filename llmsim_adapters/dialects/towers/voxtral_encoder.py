"""Voxtral's encoder of sound: Whisper's. Source: transformers `VoxtralEncoderConfig`."""

from llmsim_adapters.dialects.towers import qwen2_audio_encoder

DIALECT = qwen2_audio_encoder.DIALECT.like(
    "voxtral_encoder",
    costless={
        **dict.fromkeys(("head_dim", "num_key_value_heads"), "the class does not read it: every head has its own part"),
        "vocab_size": "the class does not read it: an encoder of sound has no table of tokens",
    },
)
