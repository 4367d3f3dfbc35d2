"""Inkling 2's picture encoder: a ViT with a class token, whose layers scale what they add, and a merger.

Source: transformers `Inkling2VisionConfig`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import mlp
from llmsim_adapters.dialects.assembly.decoder import layer_norm
from llmsim_adapters.dialects.assembly.layouts import layer_scaled
from llmsim_adapters.dialects.assembly.tower import encoder, full_attention
from llmsim_adapters.dialects.reading.dialect import Dialect
from llmsim_adapters.spec.components import LearnedTokens, PositionEmbedding, Projection

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    hidden, norm, side = r.size("hidden_size"), layer_norm(r), r.size("patch_size")
    grid, merge, inner = r.size("posemb_grid_size"), r.size("spatial_merge_size"), r.size("projection_hidden_dim")
    bias = r.flag("projector_bias")
    before = (
        LearnedTokens(hidden_size=hidden, count=2),
        Projection(input_size=r.size("num_channels") * side * side, output_size=hidden),
        PositionEmbedding(positions=grid * grid, hidden_size=hidden),
        norm,
    )
    into = Projection(input_size=merge * merge * hidden, output_size=inner, bias=bias)
    return encoder(
        r,
        replace(full_attention(r), rotary_fraction=1.0),
        mlp(r, bias=True, gated=False),
        norm,
        layout=layer_scaled,
        before=before,
        after=(into, Projection(input_size=inner, output_size=r.size("text_hidden_size"), bias=bias)),
    )


DIALECT = Dialect(
    "inkling2_vision",
    read,
    {
        "hidden_size": 1024,
        "intermediate_size": 4096,
        "num_hidden_layers": 23,
        "num_attention_heads": 16,
        "num_channels": 3,
        "patch_size": 20,
        "hidden_act": "gelu",
        "spatial_merge_size": 2,
        "posemb_grid_size": 32,
        "projection_hidden_dim": 4096,
        "projector_bias": False,
        "text_hidden_size": 4608,
    },
    aliases={"native_patch_size": "patch_size", "adapter_merge_size": "spatial_merge_size"},
    costless={
        "layer_scale_init_value": "what factors begin with",
        "mlp_ratio": "the class reads intermediate_size",
    },
)
