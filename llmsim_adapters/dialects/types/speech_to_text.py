"""Speech2Text: convolutions with gates over frames, BERT-like layers, and a decoder. Source: `Speech2TextConfig`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import mlp
from llmsim_adapters.dialects.assembly.decoder import layer_norm
from llmsim_adapters.dialects.assembly.decoder_alone import OF_ENCODER, decoder_alone
from llmsim_adapters.dialects.assembly.media import Settings, origin, rule
from llmsim_adapters.dialects.assembly.sound import of_convolutions
from llmsim_adapters.dialects.assembly.tower import encoder, encoder_of, full_attention
from llmsim_adapters.dialects.towers import qwen2_audio_encoder
from llmsim_adapters.dialects.types import bart
from llmsim_adapters.spec.components import Convolution
from llmsim_adapters.spec.media.framed import FramedSound, Framing, Stride, over_frames

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.media.media import Media
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    return decoder_alone(r, encoder=True)


def listening(r: Reader) -> ModelSpec:
    """Read the encoder; a gate leaves half of what each convolution gives."""
    hidden, inner = r.size("hidden_size"), r.size("conv_channels")
    r.check("conv_channels", inner % 2 == 0, "is odd: a gate leaves half of them")
    kernels = _kernels(r)
    inputs = [r.size("input_feat_per_channel") * r.size("input_channels"), *[inner // 2] * (len(kernels) - 1)]
    outputs = [*[inner] * (len(kernels) - 1), 2 * hidden]
    before = [
        Convolution(input_channels=taken, output_channels=given, kernel=(kernel,), bias=True)
        for taken, given, kernel in zip(inputs, outputs, kernels, strict=True)
    ]
    norm = layer_norm(r)
    return encoder(
        r,
        full_attention(r),
        mlp(r, bias=True, gated=False),
        norm,
        before=tuple(before),
        after=(norm,),
        axis="frames",
        before_rows=tuple([f"convolved_{number + 1}" for number in range(len(kernels))]),
        after_rows=("rows",),
    )


def _kernels(r: Reader) -> list[int]:
    """Read how many frames each of the first convolutions sees."""
    return of_convolutions(r, "conv_kernel_sizes", (5, 5), int(r.size("num_conv_layers"))) or [1]


def heard(whole: Reader, r: Reader) -> Media:
    """Return the rule of sound, whose frames are of 400 samples, none of them padded."""

    def made(sounds: Settings) -> Media:
        return FramedSound(
            framing=Framing(_FRAME, hop=_HOP, rate=sounds.integer("sampling_rate", default=16000)),
            bins=1,
            strides=over_frames(*[Stride(int(kernel), 2, int(kernel) // 2 * 2) for kernel in _kernels(r)]),
            attended=True,
            origin=origin(sounds, "Speech2TextFeatureExtractor"),
        )

    return rule(whole, "audio", made)


_FRAME, _HOP = 400, 160

_ENCODER = qwen2_audio_encoder.DIALECT.like(
    "speech_to_text_encoder",
    read=listening,
    aliases={"conv_kernel_sizes": "conv_kernel_sizes"},
    hidden_size=256,
    intermediate_size=2048,
    num_hidden_layers=12,
    num_attention_heads=4,
    hidden_act="relu",
    num_conv_layers=2,
    conv_kernel_sizes=[5, 5],
    conv_channels=1024,
    input_feat_per_channel=80,
    input_channels=1,
)

DIALECT = bart.DIALECT.like(
    "speech_to_text",
    read=read,
    towers=encoder_of(_ENCODER, heard),
    vocab_size=10000,
    hidden_size=256,
    num_hidden_layers=6,
    num_attention_heads=4,
    intermediate_size=2048,
    hidden_act="relu",
    encoder_attention_heads=4,
    encoder_ffn_dim=2048,
    classes=("Speech2TextForConditionalGeneration",),
    costless={
        **dict.fromkeys(("max_source_positions", "max_target_positions"), "positions are computed"),
        **dict.fromkeys(
            ("conv_channels", "conv_kernel_sizes", "input_channels", "input_feat_per_channel", "num_conv_layers"),
            OF_ENCODER,
        ),
    },
)
