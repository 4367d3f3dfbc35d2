"""Nemotron 3.5 Transcribe: Nemotron-H with an encoder of what is said, and one beside it of who says it.

Source: transformers `Nemotron3_5TranscribeConfig`. What both give is added before one projection.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.media import Settings, origin, rule
from llmsim_adapters.dialects.assembly.tower import PartWords, tower
from llmsim_adapters.dialects.types import nemotron_h
from llmsim_adapters.spec.components import Convolution, LearnedTokens, Norm, Projection
from llmsim_adapters.spec.media.framed import FramedSound, Framing, Stride, over_frames
from llmsim_adapters.spec.media.media import NEVER

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.media.media import Media
    from llmsim_adapters.spec.model import Stack


def towers(whole: Reader, text: Reader) -> Iterator[Stack]:
    audio = whole.nested("audio_config", dialect=_BOTH)
    diarizing = None if audio is None else audio.nested("diarization_config", dialect=_DIARIZING)
    head = None if diarizing is None else diarizing.nested("head_config", dialect=_HEAD)
    if audio is None or diarizing is None or head is None:
        whole.not_modelled("audio_tower")
        return
    for part in (audio, diarizing, head):
        part.mark("model_type", "architectures")
    said = tower(audio, "asr_config", "nemotron3_5_transcribe_asr_audio", fixed=True)
    who = tower(diarizing, "audio_config", "nemotron3_diarization_audio", fixed=True)
    words = tower(whole, "word_timestamp_config", "nemotron3_5_transcribe_word_timestamp", fixed=True)
    if said is None or who is None or words is None:
        return
    factor, speakers = said.r.size("subsampling_factor"), head.size("num_speakers")
    who.r.agree("subsampling_factor", factor, "that of asr_config: both hear the same frames")
    head.agree("subsampling_factor", factor, "that of the encoders")
    head.agree("audio_hidden_size", who.r.size("hidden_size"), "the hidden size of the encoder")
    hidden, longest = said.r.size("hidden_size"), diarizing.size("chunk_length")
    into = Projection(input_size=hidden, output_size=text.size("hidden_size"), bias=True)
    norms = (Norm(hidden, "layer", bias=True), Norm(speakers, "layer", bias=True))
    stack = said.running(_heard(whole, int(factor), int(longest))).then(*norms, into, rows=("rows",) * 3)
    yield replace(stack, name="audio", counted_by="audio_num_hidden_layers")
    width, of_encoder = head.size("hidden_size"), who.r.size("hidden_size")
    parts = (
        Projection(input_size=of_encoder, output_size=width, bias=True),
        Convolution(input_channels=width, output_channels=width * factor, kernel=(3,), bias=True),
        Projection(input_size=width, output_size=width, bias=True),
        Projection(input_size=width, output_size=speakers, bias=True),
        LearnedTokens(hidden_size=of_encoder),  # silence
    )
    rows = ("rows", "rows", "upsampled", "upsampled", NEVER)
    stack = who.running(_heard(whole, int(factor), int(longest), encoded=True)).then(*parts, rows=rows)
    yield replace(stack, name="diarization", counted_by="diarization_num_hidden_layers")
    yield replace(words.stack, before_rows=(), after_rows=())


def _heard(whole: Reader, factor: int, longest: int, *, encoded: bool = False) -> Media:
    """Return the rule of sound, so many frames of which are stacked, the last of them padded.

    Settings of `NemotronAsrStreamingFeatureExtractor`: `sampling_rate`, `hop_length`. What is longer than a chunk is
    encoded chunk by chunk, with what was heard before.
    """

    def made(sounds: Settings) -> Media:
        hop, rate = sounds.integer("hop_length", default=160), sounds.integer("sampling_rate", default=16000)
        return FramedSound(
            framing=Framing(hop, lead=hop, hop=hop, rate=rate),
            bins=1,
            strides=over_frames(Stride(factor, factor, factor - 1)),
            encoded=encoded,
            unheard=1,
            longest=longest * factor * hop - 1,
            beyond="is encoded in chunks that see what was heard before",
            further=(("upsampled", factor, 0),),
            origin=origin(sounds, "NemotronAsrStreamingFeatureExtractor"),
        )

    return rule(whole, "audio", made)


_BOTH = PartWords(costless={"speaker_activity_threshold": "who counts as speaking: no weights"})
_CHUNKS = "how long sound is cut: no weights"
_DIARIZING = PartWords(
    defaults={"chunk_length": 340},
    costless=dict.fromkeys(
        (
            *("chunk_left_context", "chunk_right_context", "fifo_length", "speaker_cache_update_period"),
            "streaming_config",
        ),
        _CHUNKS,
    ),
)
_HEAD = PartWords(defaults={"hidden_size": 192, "num_speakers": 8})

DIALECT = nemotron_h.DIALECT.like(
    "nemo_speechlm",
    text_config="text_config",
    without_text={
        "hidden_size": 2688,
        "intermediate_size": 1856,
        "hybrid_override_pattern": "MEMEM*EMEMEM*EMEMEM*EMEMEM*EMEMEM*EMEMEMEM*EMEMEMEME",
        "mamba_num_heads": 64,
        "moe_intermediate_size": 1856,
        "moe_shared_expert_intermediate_size": 3712,
        "num_experts": 128,
        "num_experts_per_tok": 6,
        "num_key_value_heads": 2,
    },
    towers=towers,
    ties="never",
    classes=("Nemotron3_5TranscribeForConditionalGeneration",),
)
