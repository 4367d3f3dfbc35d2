"""Phi-4-multimodal's encoder of sound: conformer layers (arXiv:2005.08100) with gated networks, one table of distances.

Source: transformers `Phi4MultimodalAudioConfig`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import mlp
from llmsim_adapters.dialects.assembly.conformer import Separable, macaron
from llmsim_adapters.dialects.assembly.decoder import layer_norm, layers
from llmsim_adapters.dialects.assembly.tower import full_attention
from llmsim_adapters.dialects.reading.dialect import Dialect
from llmsim_adapters.spec.components import PositionEmbedding, Scale, SeparableConvolutionModule
from llmsim_adapters.spec.model import ModelSpec, Stack

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader


def read(r: Reader) -> ModelSpec:
    features, times = r.size("input_size"), int(r.size("time_reduction")).bit_length() - 1
    left = features
    for _ in range(times):
        left = (left - 1) // 2 + 1
    halving = Separable(r.size("nemo_conv_channels"), 3, times)
    # The class takes what is left of the features from a config that was written in full.
    parts = halving.parts(r.optional_size("nemo_final_size") or left, r.size("hidden_size"))
    before = (Scale(size=features, trained=False, shifted=True), *parts, _distances(r))
    block = macaron(layer_norm(r), mlp(r, bias=True), full_attention(r), _convolution(r))
    rows = ("patches", *halving.rows, "rows")
    stack = Stack("encoder", (block,), (0,) * layers(r), before=before, axis="frames", before_rows=rows)
    return ModelSpec(r.model_type, (stack,))


def _convolution(r: Reader) -> SeparableConvolutionModule:
    hidden = r.size("hidden_size")
    return SeparableConvolutionModule(
        hidden_size=hidden,
        kernel=r.size("kernel_size"),
        gated_channels=r.size("ext_pw_out_channel"),
        channels=hidden * r.size("depthwise_multiplier"),
        separable_channels=r.size("depthwise_separable_out_channel"),
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
