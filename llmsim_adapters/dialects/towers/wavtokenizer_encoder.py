"""WavTokenizer's encoder: convolutions that leave less and less of a sound, an LSTM, and a table of codes.

Its sounds' codes are tokens (SEANet, arXiv:2009.02095; arXiv:2408.16532). Source: `WavTokenizerEncoderConfig`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from llmsim_adapters.dialects.reading.dialect import Dialect
from llmsim_adapters.spec.components import LSTM, Codebook, Convolution, Norm
from llmsim_adapters.spec.model import ModelSpec, Stack

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.components import Component

_MOST_STEPS: Final = 16
_NORMS: Final = ("weight_norm", "time_group_norm")


def read(r: Reader) -> ModelSpec:
    parts = tuple(_layers(r))
    return ModelSpec(r.model_type, (Stack("encoder", (), (), before=parts, axis="frames"),))


def _layers(r: Reader) -> Iterator[Component]:
    grouped, compress = r.word("norm_type", _NORMS) == "time_group_norm", int(r.size("compress"))
    width, out = r.size("num_filters"), r.size("hidden_size")

    def convolved(before: int, after: int, kernel: int) -> Iterator[Component]:
        yield Convolution(
            input_channels=before, output_channels=after, kernel=(kernel,), bias=True, weight_norm=not grouped
        )
        if grouped:
            yield Norm(after, "layer", bias=True)

    yield from convolved(r.size("audio_channels"), width, r.size("kernel_size"))
    steps = r.integers("upsampling_ratios") or (1,)
    r.check("upsampling_ratios", len(steps) <= _MOST_STEPS, f"has more than {_MOST_STEPS} steps")
    for step in reversed(steps[:_MOST_STEPS]):
        inner = width // compress
        r.check("compress", bool(inner), "leaves no channels")
        for _ in range(int(r.size("num_residual_layers"))):
            yield from convolved(width, inner, r.size("residual_kernel_size"))
            yield from convolved(inner, width, 1)
            if r.flag("use_conv_shortcut"):
                yield from convolved(width, width, 1)
        yield from convolved(width, 2 * width, 2 * step)
        width = 2 * width
    yield LSTM(hidden_size=width, layers=int(r.size("num_lstm_layers")))
    yield from convolved(width, out, r.size("last_kernel_size"))
    yield Codebook(codes=r.size("codebook_size"), size=r.size("codebook_dim"), averaged=True)


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
