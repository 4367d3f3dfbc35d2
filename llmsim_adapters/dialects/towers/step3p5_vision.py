"""Step 3.5's picture encoder: a ViT whose layers scale what they add, and two convolutions that halve its picture.

Source: transformers `Step3p7VisionConfig`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import mlp
from llmsim_adapters.dialects.assembly.decoder import layer_norm
from llmsim_adapters.dialects.assembly.layouts import layer_scaled
from llmsim_adapters.dialects.assembly.tower import encoder, full_attention, patches
from llmsim_adapters.dialects.assembly.widths import by_ratio
from llmsim_adapters.dialects.reading.dialect import Dialect
from llmsim_adapters.spec.components import Convolution, PositionEmbedding

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    hidden, norm = r.size("hidden_size"), layer_norm(r)
    positions = PositionEmbedding(positions=r.size("max_position_embeddings"), hidden_size=hidden)
    inner = r.derive("inner_size", by_ratio(r, hidden))
    network = mlp(r, width=inner, bias=True, gated=False)
    half = Convolution(input_channels=hidden, output_channels=2 * hidden, kernel=(3, 3), bias=True)
    again = replace(half, input_channels=2 * hidden, output_channels=4 * hidden)
    return encoder(
        r,
        replace(full_attention(r), rotary_fraction=1.0),
        network,
        norm,
        layout=layer_scaled,
        before=(patches(r, bias=False), positions, norm),
        after=(half, again),
        after_rows=("halved", "merged"),
    )


DIALECT = Dialect(
    "step3p5_vision",
    read,
    {
        "hidden_size": 1536,
        "num_hidden_layers": 47,
        "num_attention_heads": 16,
        "num_channels": 3,
        "image_size": 728,
        "patch_size": 14,
        "hidden_act": "quick_gelu",
        "mlp_ratio": 5.833333333333333,
        "max_position_embeddings": 2704,
    },
    costless={
        "intermediate_size": "the class reads mlp_ratio",
        "layer_scale_init_value": "what factors begin with",
    },
)
