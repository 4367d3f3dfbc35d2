"""Qwen3-Omni's vocoder: layers over frames of codes, then convolutions that make more and more samples of them.

Source: transformers `Qwen3OmniMoeCode2WavConfig`. Activations have two trained numbers a channel (arXiv:2006.08195).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import attention, mlp
from llmsim_adapters.dialects.assembly.layouts import layer_scaled
from llmsim_adapters.dialects.assembly.sound import convolution, of_convolutions
from llmsim_adapters.dialects.assembly.tower import encoder
from llmsim_adapters.dialects.reading.dialect import Dialect
from llmsim_adapters.spec.components import Norm, PositionEmbedding, Projection, Scale

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.components import Component
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    hidden, norm = r.size("hidden_size"), Norm(r.size("hidden_size"))
    table = PositionEmbedding(positions=r.size("codebook_size") * r.size("num_quantizers"), hidden_size=hidden)
    mixer = replace(attention(r, bias=r.flag("attention_bias")), cached=False)
    after = (norm, *_upsampled(r, hidden), *_decoded(r, hidden))
    return encoder(r, mixer, mlp(r), norm, layout=layer_scaled, before=(table,), after=after, axis="codes")


def _upsampled(r: Reader, hidden: int) -> Iterator[Component]:
    """Yield what makes more frames: a transposed convolution and a ConvNeXt block (arXiv:2201.03545) each time."""
    for factor in of_convolutions(r, "upsampling_ratios"):
        yield convolution(hidden, hidden, factor)
        yield replace(convolution(hidden, hidden, _SIDE), groups=hidden)
        yield Norm(hidden, "layer", bias=True)
        yield Projection(input_size=hidden, output_size=4 * hidden, bias=True)
        yield Projection(input_size=4 * hidden, output_size=hidden, bias=True)
        yield Scale(size=hidden)


def _decoded(r: Reader, hidden: int) -> Iterator[Component]:
    """Yield what makes samples: at each rate half the channels, and three residual units."""
    width, rates = r.size("decoder_dim"), of_convolutions(r, "upsample_rates")
    rates = rates[: int(width).bit_length()]
    r.check("decoder_dim", width >> len(rates) > 0, "leaves no channel at the last of upsample_rates")
    yield convolution(hidden, width, _SIDE)
    for number, rate in enumerate(rates):
        inner = width // 2 ** (number + 1)
        yield from (_snake(width // 2**number), convolution(width // 2**number, inner, 2 * rate))
        for _ in range(_UNITS):
            yield from (_snake(inner), convolution(inner, inner, _SIDE), _snake(inner), convolution(inner, inner, 1))
    last = width // 2 ** len(rates)
    yield from (_snake(last), convolution(last, 1, _SIDE))


_SIDE, _UNITS = 7, 3


def _snake(channels: int) -> Scale:
    return Scale(size=channels, shifted=True)


DIALECT = Dialect(
    "qwen3_omni_moe_code2wav",
    read,
    {
        "codebook_size": 2048,
        "hidden_size": 1024,
        "intermediate_size": 3072,
        "num_hidden_layers": 8,
        "num_attention_heads": 16,
        "num_key_value_heads": 16,
        "head_dim": None,
        "hidden_act": "silu",
        "attention_bias": False,
        "num_quantizers": 16,
        "upsample_rates": [8, 5, 4, 3],
        "upsampling_ratios": [2, 2],
        "decoder_dim": 1536,
    },
    costless={
        "layer_scale_initial_scale": "what weights begin with",
        "sliding_window": "which codes attend to which: no weights",
        **dict.fromkeys(
            (
                *("codebook_dim", "num_semantic_quantizers", "semantic_codebook_size"),
                "vector_quantization_hidden_dimension",
            ),
            "of the encoder that made the codes: the class has no such parts",
        ),
    },
)
