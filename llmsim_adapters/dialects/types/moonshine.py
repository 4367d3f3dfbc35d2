"""Moonshine: three convolutions over samples, rotary layers, and a decoder with gated networks (arXiv:2410.15608).

Source: transformers `MoonshineConfig`, whose class takes the encoder's numbers of heads for the decoder too.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import attention, mlp
from llmsim_adapters.dialects.assembly.decoder import decoder, layer_norm
from llmsim_adapters.dialects.assembly.layouts import crossing, pre_norm
from llmsim_adapters.dialects.assembly.media import Settings, origin, rule
from llmsim_adapters.dialects.assembly.tower import encoder, encoder_of
from llmsim_adapters.dialects.reading.dialect import Dialect
from llmsim_adapters.spec.components import Convolution, Norm
from llmsim_adapters.spec.media.framed import FramedSound, Framing, Stride, over_frames

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.components import Attention
    from llmsim_adapters.spec.media.media import Media
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    mixer, norm = _attention(r), layer_norm(r, bias=False)
    crossed = crossing(pre_norm, replace(mixer, causal=False, rotary_fraction=0.0))
    return decoder(r, mixer, mlp(r, bias=True), layout=crossed, norm=norm)


def _attention(r: Reader) -> Attention:
    """Read attention of as many key/value heads as heads: the class can't run fewer."""
    mixer = attention(r, bias=r.flag("attention_bias"), o_bias=False, rotary_fraction=0.9)
    fewer = mixer.num_key_value_heads != mixer.num_attention_heads
    r.check("num_key_value_heads", not fewer, "is not the number of heads: the class can't run it")
    return mixer


def listening(r: Reader) -> ModelSpec:
    hidden, norm = r.size("hidden_size"), layer_norm(r, bias=False)
    first = Convolution(input_channels=1, output_channels=hidden, kernel=(_WINDOW,))
    second = Convolution(input_channels=hidden, output_channels=2 * hidden, kernel=(_STRIDES[0].kernel,), bias=True)
    third = Convolution(input_channels=2 * hidden, output_channels=hidden, kernel=(_STRIDES[1].kernel,), bias=True)
    return encoder(
        r,
        replace(_attention(r), causal=False, cached=False),
        mlp(r, bias=True, gated=False),
        norm,
        before=(first, Norm(hidden, "layer", bias=True), second, third),
        after=(norm,),
        axis="frames",
        before_rows=("patches", "patches", "convolved_1", "rows"),
        after_rows=("rows",),
    )


def heard(whole: Reader, _: Reader) -> Media:
    """Return the rule of sound, which is heard as it is. Setting of `Wav2Vec2FeatureExtractor`: `sampling_rate`."""

    def made(sounds: Settings) -> Media:
        return FramedSound(
            framing=Framing(_WINDOW, hop=_HOP, rate=sounds.integer("sampling_rate", default=16000)),
            bins=1,
            strides=over_frames(*_STRIDES),
            attended=True,
            origin=origin(sounds, "Wav2Vec2FeatureExtractor"),
        )

    return rule(whole, "audio", made)


_WINDOW, _HOP = 127, 64
_STRIDES = (Stride(7, 3, 0), Stride(3, 2, 0))
"""What the first convolution does to samples, and what the others do to its results."""

_OF_ENCODER = ("encoder_num_hidden_layers", "encoder_num_attention_heads", "encoder_num_key_value_heads")

_ENCODER = Dialect(
    "moonshine_encoder",
    listening,
    {
        "hidden_size": 288,
        "intermediate_size": 1152,
        "num_hidden_layers": 6,
        "num_attention_heads": 8,
        "num_key_value_heads": None,
        "hidden_act": "gelu",
        "attention_bias": False,
    },
    aliases={**{key: key.removeprefix("encoder_") for key in _OF_ENCODER}, "encoder_hidden_act": "hidden_act"},
)

DIALECT = Dialect(
    "moonshine",
    read,
    {
        "vocab_size": 32768,
        "hidden_size": 288,
        "intermediate_size": 1152,
        "num_hidden_layers": 6,
        "num_attention_heads": 8,
        "num_key_value_heads": None,
        "hidden_act": "silu",
        "attention_bias": False,
        "tie_word_embeddings": True,
    },
    aliases={
        "decoder_num_hidden_layers": "num_hidden_layers",
        "decoder_num_attention_heads": "num_attention_heads",
        "decoder_num_key_value_heads": "num_key_value_heads",
        "decoder_hidden_act": "hidden_act",
    },
    costless={"pad_head_dim_to_multiple_of": "zeros that heads are padded with for a kernel: no figure has them"},
    towers=encoder_of(_ENCODER, heard),
)
