"""MiniCPM-o: Qwen2 with MiniCPM-V's encoder of pictures and its resampler, Whisper's encoder of sound, and a talker.

Source: the published config of openbmb/MiniCPM-o-2_6 and SGLang's `minicpmo.py`, whose tensors and runs are the proof;
it never loads what speaks.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from llmsim_adapters.dialects.assembly.media import Settings, origin, rule
from llmsim_adapters.dialects.assembly.tower import tower
from llmsim_adapters.dialects.towers import qwen2_audio_encoder
from llmsim_adapters.dialects.types import minicpmv, qwen2
from llmsim_adapters.spec.components import Attention, Projection
from llmsim_adapters.spec.media.framed import FramedSound, Framing, Stride, over_frames
from llmsim_adapters.spec.model import ModelSpec

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.media.media import Media
    from llmsim_adapters.spec.model import Stack


def towers(whole: Reader, text: Reader) -> Iterator[Stack]:
    if whole.flag("init_vision"):
        yield from minicpmv.towers(whole, text)
    else:
        whole.no_effect(("vision_config",), "init_vision is false")
    if whole.flag("init_audio"):
        yield from _hearing(whole, text)
    else:
        whole.no_effect(("audio_config",), "init_audio is false")
    if not whole.flag("init_tts"):
        whole.no_effect(("tts_config",), "init_tts is false")
    elif (speaks := tower(whole, "tts_config", "conditional_chattts")) is not None:
        yield replace(speaks.stack, name="talker", counted_by="talker_num_hidden_layers")


def _hearing(whole: Reader, text: Reader) -> Iterator[Stack]:
    """Yield the encoder of sound with two projections of a quarter of its network's width, which run before pooling.

    Hidden states of `audio_chunk_length` seconds see those of the seconds before and each other.
    """
    sound = tower(whole, "audio_config", _ENCODER, fixed=True)
    if sound is not None:
        hidden, width = text.size("hidden_size"), sound.r.size("intermediate_size") // 4
        into = Projection(input_size=width, output_size=hidden, bias=True)
        running = sound.running(_heard(whole, sound.r))
        stack = running.then(into, replace(into, input_size=hidden), rows=("rows", "rows"))
        block = int((whole.number("audio_chunk_length", least=-1, most=_LONGEST) or 0) * _PER_SECOND)
        if block > 0:
            spec = ModelSpec("", (stack,)).transform(Attention, lambda each: replace(each, block=block))
            (stack,) = spec.stacks
        yield stack


def _heard(whole: Reader, r: Reader) -> Media:
    """Return the rule of sound: chunks of 30 s, all padded to the longest; of `audio_pool_step` results one is a token.

    Settings of `WhisperFeatureExtractor`: `sampling_rate`, `hop_length`.
    """

    def made(sounds: Settings) -> Media:
        rate, hop = sounds.integer("sampling_rate", default=16000), sounds.integer("hop_length", default=160)
        chunk, positions = _LONGEST * rate, 2 * int(r.size("max_source_positions")) * hop
        return FramedSound(
            framing=Framing(hop, hop=hop, rate=rate, multiple=hop, padded=True),
            bins=int(r.size("num_mel_bins")),
            strides=over_frames(Stride(stride=1), Stride()),
            reduced=int(whole.size("audio_pool_step")),
            cut=True,
            text=2,
            chunk=chunk,
            longest=positions if positions < chunk else 0,
            beyond="has no positions",
            origin=origin(sounds, "WhisperFeatureExtractor"),
        )

    return rule(whole, "audio", made)


_LONGEST: Final = 30
"""The seconds of the longest chunk, whatever a config says."""

_PER_SECOND: Final = 50
"""Hidden states of a second."""


_OF_DECODER = "of Whisper's decoder, which is not there"

_ENCODER = qwen2_audio_encoder.DIALECT.like(
    "minicpmo_audio_encoder",
    aliases={"num_hidden_layers": "decoder_layers"},
    costless={
        **dict.fromkeys(
            (
                *("decoder_attention_heads", "decoder_ffn_dim", "decoder_layerdrop", "decoder_layers"),
                *("max_target_positions", "num_hidden_layers", "vocab_size"),
            ),
            _OF_DECODER,
        ),
        "scale_embedding": "a factor of the hidden states: elementwise",
    },
)

DIALECT = replace(
    qwen2.DIALECT.like(
        "minicpmo",
        towers=towers,
        costless={**minicpmv.DIALECT.costless, "version": "a name: SGLang's class has one"},
        audio_chunk_length=1.0,
        audio_pool_step=2,
        init_vision=True,
        init_audio=True,
        init_tts=True,
        query_num=64,
    ),
    causal_lm=("MiniCPMO",),
    classes=("MiniCPMO",),
)
