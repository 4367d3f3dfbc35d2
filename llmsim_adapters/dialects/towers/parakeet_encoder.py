"""NVIDIA's encoder of sound: a conformer that hears an eighth of the frames (Fast Conformer, arXiv:2305.05084).

Attention has keys of relative positions. Source: transformers `ParakeetEncoderConfig`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import mlp
from llmsim_adapters.dialects.assembly.conformer import Separable, macaron
from llmsim_adapters.dialects.assembly.decoder import layer_norm, layers
from llmsim_adapters.dialects.assembly.media import Settings, origin, rule
from llmsim_adapters.dialects.assembly.tower import full_attention
from llmsim_adapters.dialects.reading.dialect import Dialect
from llmsim_adapters.spec.components import BatchNorm, ConvolutionModule, RelativeKeyAttention
from llmsim_adapters.spec.media.framed import FramedSound, Framing, Stride
from llmsim_adapters.spec.model import ModelSpec, Stack

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.media.media import Media


def read(r: Reader) -> ModelSpec:
    hidden, bias, times = (
        r.size("hidden_size"),
        r.flag("attention_bias"),
        int(r.size("subsampling_factor")).bit_length() - 1,
    )
    r.check("subsampling_factor", times > 0, "halves no frames")
    left, halved = r.size("num_mel_bins"), stride(r)
    for _ in range(times):
        left = (left + halved.padding - halved.kernel) // halved.stride + 1
    taken = r.size("num_mel_bins") // halved.stride**times
    r.check("num_mel_bins", left == taken, "is no number that the convolutions divide: the class can't run it")
    halving = Separable(r.size("subsampling_conv_channels"), halved.kernel, times)
    convolution = ConvolutionModule(
        hidden_size=hidden,
        channels=hidden,
        kernel=r.size("conv_kernel_size"),
        norm=BatchNorm(size=hidden),
        bias=r.flag("convolution_bias"),
        depthwise_bias=r.flag("convolution_bias"),
    )
    attention = RelativeKeyAttention(attention=full_attention(r, bias=bias, o_bias=bias))
    block = macaron(layer_norm(r), mlp(r, bias=bias, gated=False), attention, convolution)
    before, order = halving.parts(left, hidden), (0,) * layers(r)
    stack = Stack("encoder", (block,), order, before=before, axis="frames", before_rows=halving.rows)
    return ModelSpec(r.model_type, (stack,))


def stride(r: Reader) -> Stride:
    """Read what each of the first convolutions does to frames and to their numbers."""
    side = r.size("subsampling_conv_kernel_size")
    return Stride(side, r.size("subsampling_conv_stride"), (side - 1) // 2 * 2)


def heard(whole: Reader, r: Reader, *, text: int = 0, attended: bool = False, cut_where_quiet: bool = False) -> Media:
    """Return the rule of sound; half a window of zeros stands on either end of it.

    Settings of `ParakeetFeatureExtractor`: `sampling_rate`, `hop_length`; of `CohereAsrFeatureExtractor`, which cuts
    long sound where it is quiet, `max_audio_clip_s` besides.
    """

    def made(sounds: Settings) -> Media:
        hop = sounds.integer("hop_length", default=160)
        rate = sounds.integer("sampling_rate", default=16000)
        longest = round(sounds.number("max_audio_clip_s", default=35.0) * rate) if cut_where_quiet else 0
        halved, times = Stride(*map(int, stride(r))), int(r.size("subsampling_factor")).bit_length() - 1
        return FramedSound(
            framing=Framing(hop, lead=hop, hop=hop, rate=rate),
            bins=int(r.size("num_mel_bins")),
            strides=((halved, halved),) * times,
            text=text,
            attended=attended,
            longest=longest,
            beyond="is cut where it is quietest, which no length says",
            origin=origin(sounds, "CohereAsrFeatureExtractor" if cut_where_quiet else "ParakeetFeatureExtractor"),
        )

    return rule(whole, "audio", made)


_SCALES = "scales hidden states: elementwise"

DIALECT = Dialect(
    "parakeet_encoder",
    read,
    {
        "hidden_size": 1024,
        "intermediate_size": 4096,
        "num_hidden_layers": 24,
        "num_attention_heads": 8,
        "hidden_act": "silu",
        "attention_bias": True,
        "convolution_bias": True,
        "conv_kernel_size": 9,
        "num_mel_bins": 80,
        "subsampling_factor": 8,
        "subsampling_conv_channels": 256,
        "subsampling_conv_kernel_size": 3,
        "subsampling_conv_stride": 2,
        "projection_hidden_size": 4096,
        "projection_bias": False,
    },
    costless={
        "num_key_value_heads": "the class has as many as heads",
        "scale_input": _SCALES,
        **dict.fromkeys(("dropout_positions", "layerdrop"), "training only"),
    },
)
