"""Qwen2.5-VL's picture encoder: Qwen2-VL's with RMS norms, gates and windows. `Qwen2_5_VLVisionConfig`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import mlp
from llmsim_adapters.dialects.assembly.decoder import layers
from llmsim_adapters.dialects.assembly.tower import encoder, full_attention
from llmsim_adapters.dialects.reading.dialect import Dialect
from llmsim_adapters.dialects.towers.qwen2_vl_vision import NAMES, cubes, merged
from llmsim_adapters.spec.components import Norm

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    norm, attention = Norm(r.size("hidden_size")), full_attention(r)
    side, whole = window_side(r) * r.size("spatial_merge_size"), r.indices("fullatt_block_indexes") or ()
    in_windows = replace(attention, window=side * side)
    mixers = [attention if layer in whole else in_windows for layer in range(layers(r))]
    return encoder(r, mixers, mlp(r, bias=True), norm, before=(cubes(r),), after=(norm, *merged(r)))


def window_side(r: Reader) -> int:
    """Read how many merged patches a window has on each side; at least one."""
    return max(1, r.size("window_size") // r.size("spatial_merge_size") // r.size("patch_size"))


DIALECT = Dialect(
    "qwen2_5_vl_vision",
    read,
    {
        "num_hidden_layers": 32,
        "hidden_size": 3584,
        "out_hidden_size": 3584,
        "intermediate_size": 3420,
        "hidden_act": "silu",
        "num_attention_heads": 16,
        "num_channels": 3,
        "patch_size": 14,
        "spatial_merge_size": 2,
        "temporal_patch_size": 2,
        "window_size": 112,
        "fullatt_block_indexes": [7, 15, 23, 31],
    },
    aliases=NAMES,
    costless={
        "spatial_patch_size": "the class reads patch_size",
        "tokens_per_second": "rotation angles of positions in time: elementwise",
    },
)
