"""dots3.note's encoder of sound: three halving convolutions, rotary positions, gated networks. `Dots3NoteAudioConfig`.

Published configs have Whisper's names in an object of their own, which win.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from llmsim_adapters.dialects.assembly.components import attention, mlp
from llmsim_adapters.dialects.assembly.media import Settings, origin, rule
from llmsim_adapters.dialects.assembly.tower import encoder
from llmsim_adapters.dialects.reading.dialect import Dialect
from llmsim_adapters.spec.components import Convolution, Norm, Projection
from llmsim_adapters.spec.media.framed import FramedSound, Framing, Stride

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.media.media import Media
    from llmsim_adapters.spec.model import ModelSpec

_ROWS: Final = ("convolved_1", "convolved_2", "convolved_3", "rows")

_WHISPER: Final = {
    "d_model": "hidden_size",
    "encoder_attention_heads": "num_attention_heads",
    "encoder_layers": "num_hidden_layers",
    "encoder_ffn_dim": "intermediate_size",
    "num_mel_bins": "feature_size",
}


def read(r: Reader) -> ModelSpec:
    _whisper(r)
    r.no_effect(("num_key_value_heads", "head_dim"), "the class computes it from other keys")
    hidden, channels = r.size("hidden_size"), r.size("downsample_hidden_size")
    heads = r.size("num_attention_heads")
    r.check("num_attention_heads", hidden % heads == 0, lambda: f"is {int(heads)}, which does not divide {int(hidden)}")
    r.derive("head_dim", hidden // heads)
    mixer = attention(r, bias=r.flag("attention_bias"), kv_heads=heads, causal=False)
    mixer = replace(mixer, key_bias=False, cached=False)
    first = Convolution(input_channels=1, output_channels=channels, kernel=(3, 3), bias=True)
    second = replace(first, input_channels=channels)
    joined = r.optional_size("conv_output_size")  # computed, and yet taken from a config that was written in full
    if joined is None:
        joined = channels * ((r.size("feature_size") + 7) // 8)
    else:
        r.no_effect(("feature_size",), "conv_output_size says what becomes of it")
    into = Projection(input_size=joined, output_size=hidden)
    norm = Norm(hidden)
    before = (first, second, second, into)
    feed_forward = mlp(r, bias=True)
    return encoder(r, mixer, feed_forward, norm, before=before, after=(norm,), axis="frames", before_rows=_ROWS)


def heard(whole: Reader, r: Reader) -> Media:
    """Return the rule of sound: three convolutions, each of which halves frames and their numbers.

    Settings of `Dots3NoteFeatureExtractor`: `hop_length`, `chunk_seconds` or `chunk_length`, the seconds of a chunk.
    Frames are padded to whole tokens, of eight.
    """

    def made(sounds: Settings) -> Media:
        hop, rate = sounds.integer("hop_length", default=160), sounds.integer("sampling_rate", default=16000)
        return FramedSound(
            framing=Framing(hop, hop=hop, rate=rate, multiple=8 * hop, padded=True),
            bins=sounds.integer("feature_size", default=128),
            strides=((Stride(), Stride()),) * 3,
            chunk=rate * sounds.integer("chunk_seconds", "chunk_length", default=60),
            origin=origin(sounds, "Dots3NoteFeatureExtractor"),
        )

    return rule(whole, "audio", made)


def _whisper(r: Reader) -> None:
    """Read `whisper_config`, of which the class takes some sizes in place of its own."""
    said = r.nested("whisper_config", rest_costless=True)
    for key, name in _WHISPER.items() if said is not None else ():
        size = said.optional_size(key) if said is not None else None
        if size is not None:
            r.no_effect((name,), "whisper_config says it")
            r.derive(name, size)


DIALECT = Dialect(
    "dots3_note_audio_encoder",
    read,
    {
        "hidden_size": 1280,
        "intermediate_size": 5120,
        "num_hidden_layers": 32,
        "num_attention_heads": 20,
        "hidden_act": "silu",
        "attention_bias": True,
        "feature_size": 128,
        "downsample_hidden_size": 480,
    },
    aliases={"whisper_adapter_in_dim": "adapter_input_size"}
    | dict.fromkeys(("adapter_output_size", "whisper_adapter_out_dim"), "adapter_out_dim"),
    costless=dict.fromkeys(
        ("hop_length", "samples_per_token", "sampling_rate"),
        "how sound is cut: how many tokens it becomes, which the schedule says",
    ),
)
