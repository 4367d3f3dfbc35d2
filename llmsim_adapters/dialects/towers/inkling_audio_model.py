"""Inkling's encoder of sound under its publisher's type. Source: SGLang's `InklingAudioConfig`."""

from llmsim_adapters.dialects.towers import inkling_audio

DIALECT = inkling_audio.DIALECT.like("inkling_audio_model", mel_vocab_size=16, use_audio_norm=False)
