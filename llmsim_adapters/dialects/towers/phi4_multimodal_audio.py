"""Phi-4-multimodal's encoder of sound: conformer layers (arXiv:2005.08100) with gated networks, one table of distances.

Source: transformers `Phi4MultimodalAudioConfig`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import mlp
from llmsim_adapters.dialects.assembly.decoder import layer_norm, layers
from llmsim_adapters.dialects.assembly.tower import full_attention
from llmsim_adapters.dialects.reading.dialect import Dialect
from llmsim_adapters.spec.components import (
    Convolution,
    PositionEmbedding,
    Projection,
    Scale,
    SeparableConvolutionModule,
)
from llmsim_adapters.spec.model import Block, ModelSpec, Stack, Sublayer

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.components import Component


def read(r: Reader) -> ModelSpec:
    norm, half = layer_norm(r), mlp(r, bias=True)
    network = Sublayer((half,), (norm,))
    sublayers = (
        network,
        Sublayer((full_attention(r),), (norm,)),
        Sublayer((_convolution(r),), (norm,)),
        network,
        Sublayer((norm,), skip=False),
    )
    before = (*_subsampling(r), _distances(r))
    blocks, order = (Block("layer", sublayers),), (0,) * layers(r)
    stack = Stack("encoder", blocks, order, before=before, axis="frames", before_rows=_rows(before))
    return ModelSpec(r.model_type, (stack,))


def _rows(before: tuple[Component, ...]) -> tuple[str, ...]:
    """Return what each part runs on: two convolutions are one step of halving, but for the first."""
    convolutions = sum(isinstance(part, Convolution) for part in before)
    steps = [f"convolved_{number // 2 + 1}" for number in range(1, convolutions + 1)]
    return ("patches", *steps, "rows", "rows")


def _convolution(r: Reader) -> SeparableConvolutionModule:
    hidden = r.size("hidden_size")
    return SeparableConvolutionModule(
        hidden_size=hidden,
        kernel=r.size("kernel_size"),
        gated_channels=r.size("ext_pw_out_channel"),
        channels=hidden * r.size("depthwise_multiplier"),
        separable_channels=r.size("depthwise_separable_out_channel"),
    )


def _subsampling(r: Reader) -> tuple[Component, ...]:
    """Normalise features, halve them and the frames by a convolution as often as `time_reduction` says, and project.

    What is left of the features follows from these; the class takes the number in a config that was written in full.
    """
    features, channels = r.size("input_size"), r.size("nemo_conv_channels")
    times = int(r.size("time_reduction")).bit_length() - 1
    first = Convolution(input_channels=1, output_channels=channels, kernel=(3, 3), bias=True)
    by_channel = replace(first, input_channels=channels, groups=channels)
    pointwise = replace(first, input_channels=channels, kernel=(1, 1))
    said, left = r.optional_size("nemo_final_size"), features
    for _ in range(times):
        left = (left - 1) // 2 + 1
    left = said or left
    return (
        Scale(size=features, trained=False, shifted=True),
        first,
        *(by_channel, pointwise) * (times - 1),
        Projection(input_size=channels * left, output_size=r.size("hidden_size"), bias=True),
    )


def _distances(r: Reader) -> PositionEmbedding:
    """Read the table of a logit for each distance and head, which all layers share."""
    distances = r.size("bias_max_distance")
    rows = distances if r.flag("bias_symmetric") else 2 * distances
    return PositionEmbedding(positions=rows, hidden_size=r.size("num_attention_heads"))


_ACTIVATION = "an activation: elementwise"

DIALECT = Dialect(
    "phi4_multimodal_audio",
    read,
    {
        "hidden_size": 1024,
        "intermediate_size": 1536,
        "num_hidden_layers": 24,
        "num_attention_heads": 16,
        "hidden_act": "swish",
        "ext_pw_out_channel": 1024,
        "depthwise_separable_out_channel": 1024,
        "depthwise_multiplier": 1,
        "kernel_size": 3,
        "input_size": 80,
        "time_reduction": 8,
        "bias_max_distance": 1000,
        "bias_symmetric": False,
        "nemo_conv_channels": 1024,
        "downsample_rate": 1,
    },
    aliases={"num_blocks": "num_hidden_layers"},
    costless={
        **dict.fromkeys(("conv_activation", "conv_glu_type", "nemo_activation"), _ACTIVATION),
        **dict.fromkeys(("chunk_size", "left_chunk"), "which frames attend to which: no weights"),
        "dropout_rate": "training only",
        "feature_layer": "which layer's results are projected: all layers are stored",
    },
)
