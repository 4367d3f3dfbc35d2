"""Qwen2.5-VL's picture encoder: Qwen2-VL's with RMS norms, gates and windows. `Qwen2_5_VLVisionConfig`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import mlp
from llmsim_adapters.dialects.assembly.tower import encoder, full_attention
from llmsim_adapters.dialects.reading.dialect import Dialect
from llmsim_adapters.dialects.towers.qwen2_vl_vision import NAMES, cubes, merged
from llmsim_adapters.spec.components import Norm

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    norm = Norm(r.size("hidden_size"))
    return encoder(r, full_attention(r), mlp(r, bias=True), norm, before=(cubes(r),), after=(norm, *merged(r)))


_MASK = "which patches attend to which: a mask, of a part that no step of text runs"

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
    },
    aliases=NAMES,
    costless={
        "fullatt_block_indexes": _MASK,
        "window_size": _MASK,
        "spatial_patch_size": "the class reads patch_size",
        "tokens_per_second": "rotation angles of positions in time: elementwise",
    },
)
