"""Qwen3-VL's picture encoder: Qwen2-VL's with learned positions and mergers behind inner layers. `Qwen3VLVisionConfig`.

What the inner mergers give is added behind the first layers of the language model.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import mlp
from llmsim_adapters.dialects.assembly.decoder import layer_norm
from llmsim_adapters.dialects.assembly.tower import encoder, full_attention
from llmsim_adapters.dialects.reading.dialect import Dialect
from llmsim_adapters.dialects.towers.qwen2_vl_vision import NAMES, cubes, merged
from llmsim_adapters.spec.components import Norm, PositionEmbedding

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    hidden, merger = r.size("hidden_size"), merged(r)
    side = r.size("spatial_merge_size")
    inner = (Norm(hidden * side * side, "layer", bias=True), *merger)
    count = len(r.indices("deepstack_visual_indexes") or ())
    norm, feed_forward = layer_norm(r), mlp(r, bias=True, gated=False)
    before = (cubes(r, bias=True), PositionEmbedding(positions=r.size("num_position_embeddings"), hidden_size=hidden))
    return encoder(r, full_attention(r), feed_forward, norm, before=before, after=(norm, *merger, *inner * count))


DIALECT = Dialect(
    "qwen3_vl_vision",
    read,
    {
        "num_hidden_layers": 27,
        "hidden_size": 1152,
        "out_hidden_size": 3584,
        "intermediate_size": 4304,
        "hidden_act": "gelu_pytorch_tanh",
        "num_attention_heads": 16,
        "num_channels": 3,
        "patch_size": 16,
        "spatial_merge_size": 2,
        "temporal_patch_size": 2,
        "num_position_embeddings": 2304,
        "deepstack_visual_indexes": [8, 16, 24],
    },
    aliases=NAMES,
)
