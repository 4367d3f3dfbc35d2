"""MOSS-Transcribe's encoder of sound: Whisper's. Source: transformers `MossTranscribeDiarizeAudioConfig`."""

from llmsim_adapters.dialects.towers import qwen2_audio_encoder

DIALECT = qwen2_audio_encoder.DIALECT.like(
    "moss_transcribe_diarize_audio",
    num_hidden_layers=24,
    hidden_size=1024,
    intermediate_size=4096,
    num_attention_heads=16,
    num_mel_bins=80,
)
