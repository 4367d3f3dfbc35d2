"""MiniCPM-o: Qwen2 with MiniCPM-V's encoder of pictures and its resampler, and Whisper's encoder of sound.

Source: the published config of openbmb/MiniCPM-o-2_6 and SGLang's `minicpmo.py`, whose tensors are the proof; it never
loads what speaks, whose sizes stand in code.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.tower import tower
from llmsim_adapters.dialects.towers import qwen2_audio_encoder
from llmsim_adapters.dialects.types import minicpmv, qwen2
from llmsim_adapters.spec.components import Projection

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmsim_adapters.dialects.reading.reader import Reader
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
    if whole.flag("init_tts"):
        whole.not_modelled("talker_tower")
    whole.mark("tts_config")


def _hearing(whole: Reader, text: Reader) -> Iterator[Stack]:
    """Yield the encoder of sound with two projections of a quarter of its network's width."""
    sound = tower(whole, "audio_config", _ENCODER, fixed=True)
    if sound is not None:
        hidden, width = text.size("hidden_size"), sound.r.size("intermediate_size") // 4
        into = Projection(input_size=width, output_size=hidden, bias=True)
        yield sound.then(into, replace(into, input_size=hidden))


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
        costless={
            **minicpmv.DIALECT.costless,
            **dict.fromkeys(("audio_chunk_length", "audio_pool_step"), "how sound is cut and pooled: no weights"),
            "version": "a name: SGLang's class has one",
        },
        init_vision=True,
        init_audio=True,
        init_tts=True,
        query_num=64,
    ),
    causal_lm=("MiniCPMO",),
    classes=("MiniCPMO",),
)
