"""Nemotron 3.5 Transcribe's aligner of words and its head: the transcriber's layers over more frames.

Source: transformers `Nemotron3_5TranscribeWordTimestampConfig`. Only who asks for times of words runs it.
"""

from llmsim_adapters.dialects.reading.dialect import Dialect
from llmsim_adapters.dialects.towers import nemotron3_5_transcribe_asr_audio

DIALECT = Dialect(
    "nemotron3_5_transcribe_word_timestamp",
    nemotron3_5_transcribe_asr_audio.of_words,
    {
        "hidden_size": 1280,
        "intermediate_size": 640,
        "num_hidden_layers": 2,
        "num_attention_heads": 16,
        "num_key_value_heads": None,
        "hidden_act": "gelu",
        "vocab_size": 23863,
        "upsampling_factor": 2,
    },
    costless={"residual_scale": "a factor of the hidden states: elementwise"},
)
