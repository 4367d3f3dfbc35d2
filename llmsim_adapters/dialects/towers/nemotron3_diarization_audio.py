"""Nemotron 3's encoder of who speaks: its transcriber's without norms of heads. `Nemotron3DiarizationAudioConfig`."""

from llmsim_adapters.dialects.towers import nemotron3_5_transcribe_asr_audio

DIALECT = nemotron3_5_transcribe_asr_audio.DIALECT.like(
    "nemotron3_diarization_audio",
    read=nemotron3_5_transcribe_asr_audio.without_norms,
    hidden_size=512,
    intermediate_size=2048,
    num_hidden_layers=31,
    num_attention_heads=8,
)
