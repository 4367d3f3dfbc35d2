"""MiniMax-M3's picture encoder: CLIP's layers over patches of two frames, with rotary positions and no class token.

Source: transformers `MiniMaxM3VLVisionConfig`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import mlp
from llmsim_adapters.dialects.assembly.decoder import layer_norm
from llmsim_adapters.dialects.assembly.tower import encoder, full_attention
from llmsim_adapters.dialects.reading.dialect import Dialect
from llmsim_adapters.dialects.towers.qwen2_vl_vision import cubes

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    norm, mixer = layer_norm(r), replace(full_attention(r), rotary_fraction=1.0)
    return encoder(r, mixer, mlp(r, bias=True, gated=False), norm, before=(cubes(r), norm))


DIALECT = Dialect(
    "minimax_m3_vl_vision",
    read,
    {
        "hidden_size": 1280,
        "intermediate_size": 5120,
        "num_hidden_layers": 32,
        "num_attention_heads": 16,
        "num_channels": 3,
        "patch_size": 14,
        "temporal_patch_size": 2,
        "spatial_merge_size": 2,
        "hidden_act": "gelu",
    },
    costless={"image_size": "the largest picture: positions are rotated, without a table"},
)
