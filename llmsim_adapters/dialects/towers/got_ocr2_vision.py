"""SAM's picture encoder (arXiv:2304.02643): attention in windows, in some layers to the whole, each with distances of
its own; two convolutions at the end. Source: transformers `GotOcr2VisionConfig`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import mlp
from llmsim_adapters.dialects.assembly.decoder import layer_norm, layers
from llmsim_adapters.dialects.assembly.sam import neck
from llmsim_adapters.dialects.assembly.tower import encoder, full_attention, patch_count, patches, patches_per_side
from llmsim_adapters.dialects.reading.dialect import Dialect
from llmsim_adapters.spec.components import PlaneAttention, PositionEmbedding

if TYPE_CHECKING:
    from collections.abc import Sequence

    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.components import Component
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    hidden, channels = r.size("hidden_size"), r.size("output_channels")
    positions = PositionEmbedding(positions=patch_count(r), hidden_size=hidden)
    before = (patches(r), positions) if r.flag("use_abs_pos") else (patches(r),)
    feed_forward = mlp(r, bias=True, gated=False)
    return encoder(
        r,
        _mixers(r),
        feed_forward,
        layer_norm(r),
        before=before,
        after=neck(hidden, channels),
        after_rows=("rows",) * 4,
    )


def _mixers(r: Reader) -> Component | Sequence[Component]:
    attention = replace(full_attention(r), qkv_bias=r.flag("qkv_bias"))
    if not r.flag("use_rel_pos"):
        r.no_effect(("window_size", "global_attn_indexes"), "without distances, a window is a mask: no weights")
        return attention
    whole = r.indices("global_attn_indexes") or ()
    windowed, side = r.size("window_size"), patches_per_side(r)
    within = PlaneAttention(attention=replace(attention, window=windowed * windowed), distances=2 * windowed - 1)
    over_all = PlaneAttention(attention=attention, distances=2 * side - 1)
    return [over_all if i in whole else within for i in range(layers(r))]


DIALECT = Dialect(
    "got_ocr2_vision",
    read,
    {
        "hidden_size": 768,
        "output_channels": 256,
        "num_hidden_layers": 12,
        "num_attention_heads": 12,
        "num_channels": 3,
        "image_size": 1024,
        "patch_size": 16,
        "hidden_act": "gelu",
        "intermediate_size": 3072,
        "qkv_bias": True,
        "use_abs_pos": True,
        "use_rel_pos": True,
        "window_size": 14,
        "global_attn_indexes": [2, 5, 8, 11],
    },
    aliases={"mlp_dim": "intermediate_size"},
)
