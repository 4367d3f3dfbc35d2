"""Omnilingual ASR's encoder of sound: wav2vec 2.0's, with norms before the mixers. Source: `OmniASRAudioConfig`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import mlp
from llmsim_adapters.dialects.assembly.decoder import layer_norm
from llmsim_adapters.dialects.assembly.media import Settings, origin, rule
from llmsim_adapters.dialects.assembly.sound import of_convolutions
from llmsim_adapters.dialects.assembly.tower import encoder, full_attention
from llmsim_adapters.dialects.reading.dialect import Dialect
from llmsim_adapters.spec.components import Convolution, Norm, Projection
from llmsim_adapters.spec.media.framed import FramedSound, Framing, Stride, over_frames

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.components import Component
    from llmsim_adapters.spec.media.media import Media
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    hidden, bias = r.size("hidden_size"), r.flag("conv_bias")
    channels, kernels, _ = _convolutions(r)
    before: list[Component] = []
    rows: list[str] = []
    for number, (taken, given, kernel) in enumerate(zip((1, *channels), channels, kernels, strict=False)):
        convolution = Convolution(input_channels=taken, output_channels=given, kernel=(kernel,), bias=bias)
        before += [convolution, Norm(given, "layer", bias=True)]
        rows += [f"convolved_{number}" if number else "patches"] * 2
    last, groups, kernel = channels[-1], r.size("num_conv_pos_embedding_groups"), r.size("num_conv_pos_embeddings")
    r.check("num_conv_pos_embeddings", kernel % 2 == 0, "is odd: the class can't run it")
    r.check("num_conv_pos_embedding_groups", hidden % groups == 0, "does not divide hidden_size")
    positions = Convolution(input_channels=hidden, output_channels=hidden, kernel=(kernel,), groups=groups, bias=True)
    before += [
        Norm(last, "layer", bias=True),
        Projection(input_size=last, output_size=hidden, bias=True),
        positions,
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
        before_rows=(*rows, "rows", "rows", "positioned"),
        after_rows=("rows",),
    )


def _convolutions(r: Reader) -> tuple[list[int], list[int], list[int]]:
    """Read the channels, kernels and strides of the first convolutions."""
    channels = of_convolutions(r, "conv_dim", _DEFAULTS["conv_dim"])
    if not channels:
        r.refuse("conv_dim", channels, "at least one convolution")
        channels = [*_DEFAULTS["conv_dim"]]
    kernels, strides = (
        of_convolutions(r, name, _DEFAULTS[name], len(channels)) or [1] * len(channels)
        for name in ("conv_kernel", "conv_stride")
    )
    return channels, kernels, strides


def heard(whole: Reader, r: Reader) -> Media:
    """Return the rule of sound, which is heard as it is. Setting of `OmniASRFeatureExtractor`: `sampling_rate`."""

    def made(sounds: Settings) -> Media:
        _, kernels, strides = _convolutions(r)
        (window, hop), *others = [(int(kernel), int(stride)) for kernel, stride in zip(kernels, strides, strict=False)]
        return FramedSound(
            framing=Framing(window, hop=hop, rate=sounds.integer("sampling_rate", default=16000)),
            bins=1,
            strides=over_frames(*[Stride(kernel, stride, 0) for kernel, stride in others]),
            further=(("positioned", 1, 1),),  # of an even kernel one result more, which is cut off
            origin=origin(sounds, "OmniASRFeatureExtractor"),
        )

    return rule(whole, "audio", made)


_DEFAULTS = {
    "conv_dim": [512] * 7,
    "conv_kernel": [10, 3, 3, 3, 3, 2, 2],
    "conv_stride": [5, 2, 2, 2, 2, 2, 2],
}

DIALECT = Dialect(
    "omniasr_audio",
    read,
    {
        "hidden_size": 1024,
        "intermediate_size": 4096,
        "num_hidden_layers": 24,
        "num_attention_heads": 16,
        "hidden_act": "gelu",
        "conv_bias": True,
        "num_conv_pos_embeddings": 128,
        "num_conv_pos_embedding_groups": 16,
        **_DEFAULTS,
    },
    costless={"layerdrop": "training only"},
)
