"""GLM-4.1V's picture encoder: Qwen2.5-VL's without windows, positions, a convolution and a network that merge.

A layer's network has the width of the language model, and the merger's that which the config calls intermediate.
Source: transformers `Glm4vVisionConfig`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import mlp
from llmsim_adapters.dialects.assembly.tower import encoder, full_attention, patch_count
from llmsim_adapters.dialects.reading.dialect import Dialect
from llmsim_adapters.dialects.towers.qwen2_vl_vision import NAMES, cubes
from llmsim_adapters.spec.components import MLP, Convolution, Norm, PositionEmbedding, Projection

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.components import Component
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    hidden, out = r.size("hidden_size"), r.size("out_hidden_size")
    norm = Norm(hidden)
    positions = PositionEmbedding(positions=patch_count(r), hidden_size=hidden)
    mixer = full_attention(r, bias=r.flag("attention_bias"), o_bias=False)
    return encoder(
        r,
        mixer,
        mlp(r, width=out),
        norm,
        before=(cubes(r, bias=True), norm, positions),
        after=(norm, *merged(r, r.size("intermediate_size"))),
    )


def merged(r: Reader, width: int) -> tuple[Component, ...]:
    """Read the merger of neighbouring patches: a convolution, a projection, its norm, and a network of a `width`."""
    side, out = r.size("spatial_merge_size"), r.size("out_hidden_size")
    return (
        Convolution(input_channels=r.size("hidden_size"), output_channels=out, kernel=(side, side), bias=True),
        Projection(input_size=out, output_size=out),
        Norm(out, "layer", bias=True),
        MLP(hidden_size=out, intermediate_size=width, activation="silu", gated=True),
    )


DIALECT = Dialect(
    "glm4v_vision",
    read,
    {
        "num_hidden_layers": 24,
        "hidden_size": 1536,
        "out_hidden_size": 4096,
        "intermediate_size": 13696,
        "hidden_act": "silu",
        "attention_bias": False,
        "num_attention_heads": 12,
        "num_channels": 3,
        "image_size": 336,
        "patch_size": 14,
        "spatial_merge_size": 2,
        "temporal_patch_size": 2,
    },
    aliases=NAMES,
)
