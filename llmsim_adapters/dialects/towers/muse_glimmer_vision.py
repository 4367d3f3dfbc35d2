"""Muse's picture encoder: a ViT over squares of two frames, most of whose layers attend in windows.

A window is as large as the table of positions is high. Source: transformers `MuseGlimmerVisionConfig`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import mlp
from llmsim_adapters.dialects.assembly.decoder import FULL, layer_norm, layers
from llmsim_adapters.dialects.assembly.tower import encoder, full_attention
from llmsim_adapters.dialects.reading.dialect import Dialect
from llmsim_adapters.dialects.towers.qwen2_vl_vision import cubes
from llmsim_adapters.spec.components import PositionEmbedding

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


_WINDOWED = "window_attention"


def read(r: Reader) -> ModelSpec:
    hidden, norm, side = r.size("hidden_size"), layer_norm(r), window_side(r)
    positions = PositionEmbedding(positions=side * r.size("pos_emb_width"), hidden_size=hidden)
    attention = replace(full_attention(r), rotary_fraction=1.0)
    kinds = {FULL: attention, _WINDOWED: replace(attention, window=side * side)}
    usual = _usual(layers(r))
    mixers = [kinds[kind] for kind in r.words("layer_types", tuple(kinds), layers(r)) or usual]
    return encoder(r, mixers, mlp(r, bias=True, gated=False), norm, before=(cubes(r), positions, norm), after=(norm,))


def window_side(r: Reader) -> int:
    """Read how many patches a window has on each side: as many as the table of positions has rows."""
    return r.size("pos_emb_height")


def _usual(count: int) -> list[str]:
    """Every fourth layer and the last one attend to the whole picture."""
    return [FULL if i % 4 == 3 or i == count - 1 else _WINDOWED for i in range(count)]


DIALECT = Dialect(
    "muse_glimmer_vision",
    read,
    {
        "num_hidden_layers": 50,
        "hidden_size": 1536,
        "intermediate_size": 8960,
        "hidden_act": "gelu",
        "num_attention_heads": 16,
        "num_channels": 3,
        "patch_size": 14,
        "temporal_patch_size": 2,
        "spatial_merge_size": 2,
        "pos_emb_height": 32,
        "pos_emb_width": 32,
    },
    aliases={"patch_temporal": "temporal_patch_size", "merge_size": "spatial_merge_size"},
)
