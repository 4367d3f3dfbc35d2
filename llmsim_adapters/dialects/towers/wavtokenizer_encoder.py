"""WavTokenizer's encoder: convolutions that leave less and less of a sound, an LSTM, and a table of codes.

Its sounds' codes are tokens (SEANet, arXiv:2009.02095; arXiv:2408.16532). Source: `WavTokenizerEncoderConfig`.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from llmsim_adapters.dialects.assembly.media import Settings, origin, rule
from llmsim_adapters.dialects.reading.dialect import Dialect
from llmsim_adapters.spec.components import LSTM, Codebook, Convolution, Norm
from llmsim_adapters.spec.media.refused import Refused
from llmsim_adapters.spec.media.sound import CodedSound
from llmsim_adapters.spec.model import ModelSpec, Stack

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.components import Component
    from llmsim_adapters.spec.media.media import Media

_MOST_STEPS: Final = 16
_NORMS: Final = ("weight_norm", "time_group_norm")


def read(r: Reader) -> ModelSpec:
    parts, rows = zip(*_layers(r), strict=True)
    return ModelSpec(r.model_type, (Stack("encoder", (), (), before=parts, axis="frames", before_rows=rows),))


def heard(whole: Reader, r: Reader) -> Media:
    """Return the rule of sounds. Settings of `WavTokenizerFeatureExtractor`: `sampling_rate`, `hop_length`."""

    def made(sounds: Settings) -> Media:
        strides = tuple(map(int, reversed(_strides(r))))
        hop = sounds.integer("hop_length", default=600)
        if hop != math.prod(strides):
            return Refused(reason=f"`hop_length` is {hop}; this model's encoder makes one code of {math.prod(strides)}")
        return CodedSound(
            rate=sounds.integer("sampling_rate", default=24000),
            strides=strides,
            text=2,
            origin=origin(sounds, "WavTokenizerFeatureExtractor"),
        )

    return rule(whole, "audio", made)


def _strides(r: Reader) -> Sequence[int]:
    """Read the strides of the decoder's steps, which the encoder's have the other way round."""
    said = r.integers("upsampling_ratios")
    r.check("upsampling_ratios", said is not None, "is no list")
    r.check("upsampling_ratios", len(said or ()) <= _MOST_STEPS, f"has more than {_MOST_STEPS} steps")
    return (said or ())[:_MOST_STEPS]


def _layers(r: Reader) -> Iterator[tuple[Component, str]]:
    """Yield each component and the rows that it runs on: samples, or those of the latest convolution with a stride."""
    grouped, compress = r.word("norm_type", _NORMS) == "time_group_norm", int(r.size("compress"))
    width, out, rows = r.size("num_filters"), r.size("hidden_size"), "patches"

    def convolved(before: int, after: int, kernel: int) -> Iterator[tuple[Component, str]]:
        convolution = Convolution(
            input_channels=before, output_channels=after, kernel=(kernel,), bias=True, weight_norm=not grouped
        )
        yield convolution, rows
        if grouped:
            yield Norm(after, "layer", bias=True), rows

    yield from convolved(r.size("audio_channels"), width, r.size("kernel_size"))
    for number, step in enumerate(reversed(_strides(r))):
        inner = width // compress
        r.check("compress", bool(inner), "leaves no channels")
        for _ in range(int(r.size("num_residual_layers"))):
            yield from convolved(width, inner, r.size("residual_kernel_size"))
            yield from convolved(inner, width, 1)
            if r.flag("use_conv_shortcut"):
                yield from convolved(width, width, 1)
        rows = f"convolved_{number + 1}"
        yield from convolved(width, 2 * width, 2 * step)
        width = 2 * width
    yield LSTM(hidden_size=width, layers=int(r.size("num_lstm_layers"))), "rows"
    yield from convolved(width, out, r.size("last_kernel_size"))
    yield Codebook(codes=r.size("codebook_size"), size=r.size("codebook_dim"), averaged=True), "rows"


_DECODER: Final = "of the decoder, which makes sounds of codes: an encoder alone has none"

DIALECT = Dialect(
    "wavtokenizer_encoder",
    read,
    {
        "audio_channels": 1,
        "num_filters": 32,
        "upsampling_ratios": [6, 5, 5, 4],
        "num_residual_layers": 1,
        "compress": 2,
        "use_conv_shortcut": True,
        "norm_type": "weight_norm",
        "kernel_size": 7,
        "last_kernel_size": 7,
        "residual_kernel_size": 3,
        "num_lstm_layers": 2,
        "hidden_size": 512,
        "codebook_size": 4096,
        "codebook_dim": 512,
    },
    costless={
        "adanorm_num_embeddings": _DECODER,
        "decoder_attention_num_groups": _DECODER,
        "decoder_hidden_size": _DECODER,
        "decoder_intermediate_size": _DECODER,
        "decoder_num_layers": _DECODER,
        "norm_eps": "keeps a division from zero",
        "dilation_growth_rate": "how far apart a kernel's numbers are: no weights",
        "pad_mode": "what stands around a sound",
        "sampling_rate": "how many samples a second has",
        "use_causal_conv": "at which end a sound is padded",
    },
)
