"""GLM-Image's picture encoder: a ViT with a table of positions, and no norm at its end. `GlmImageVisionConfig`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import mlp
from llmsim_adapters.dialects.assembly.decoder import layer_norm
from llmsim_adapters.dialects.assembly.tower import encoder, full_attention, patch_count, patches
from llmsim_adapters.dialects.reading.dialect import Dialect
from llmsim_adapters.dialects.towers.qwen2_vl_vision import NAMES
from llmsim_adapters.spec.components import PositionEmbedding

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    positions = PositionEmbedding(positions=patch_count(r), hidden_size=r.size("hidden_size"))
    mixer = full_attention(r, bias=r.flag("attention_bias"))
    return encoder(r, mixer, mlp(r, bias=True, gated=False), layer_norm(r), before=(patches(r), positions))


DIALECT = Dialect(
    "glm_image_vision",
    read,
    {
        "num_hidden_layers": 40,
        "hidden_size": 1536,
        "intermediate_size": 6144,
        "hidden_act": "gelu",
        "attention_bias": True,
        "num_attention_heads": 16,
        "num_channels": 3,
        "image_size": 2048,
        "spatial_merge_size": 1,
        "patch_size": 16,
    },
    aliases=NAMES,
)
