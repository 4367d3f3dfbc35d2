"""Llama 3.2's picture encoder: a ViT over tiles, whose place is embedded, and gated layers over all tiles behind it.

Source: transformers `MllamaVisionConfig`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import mlp
from llmsim_adapters.dialects.assembly.decoder import layer_norm, layers
from llmsim_adapters.dialects.assembly.layouts import pre_norm
from llmsim_adapters.dialects.assembly.tower import full_attention, patch_count, patches
from llmsim_adapters.dialects.reading.dialect import Dialect
from llmsim_adapters.spec.components import LearnedTokens, PositionEmbedding, Scale
from llmsim_adapters.spec.model import Block, ModelSpec, Stack

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader


def read(r: Reader) -> ModelSpec:
    hidden, gate, norm = r.size("hidden_size"), Scale(size=1), layer_norm(r)
    said = r.sequence("supported_aspect_ratios") or ()
    if not all(isinstance(ratio, list) and [side.__class__ for side in ratio] == [int, int] for ratio in said):
        r.refuse("supported_aspect_ratios", said, "pairs of integers")
    ratios = r.derive("aspect_ratios", 1 + len(said))  # the first: no picture
    tiles, places = r.size("max_num_tiles"), patch_count(r) + 1
    of_tile = PositionEmbedding(positions=ratios, hidden_size=tiles * hidden)
    before = (
        patches(r, bias=False),
        *(of_tile, gate),
        LearnedTokens(hidden_size=hidden),
        *(PositionEmbedding(positions=places, hidden_size=hidden), gate),
        replace(of_tile, hidden_size=tiles * places * hidden),
        norm,
    )
    local = pre_norm(full_attention(r, bias=False), mlp(r, bias=True, gated=False), norm)
    over_all = tuple(replace(sublayer, residual=gate) for sublayer in local)
    order = (0,) * layers(r) + (1,) * r.size("num_global_layers")
    # Between both kinds of layers stand the second norm and table, which a stack has at its end.
    stack = Stack(
        "encoder",
        (Block("local", local), Block("global", over_all)),
        order,
        before=before,
        after=(norm, of_tile, gate),
        axis="patches",
    )
    return ModelSpec(r.model_type, (stack,))


DIALECT = Dialect(
    "mllama_vision_model",
    read,
    {
        "hidden_size": 1280,
        "intermediate_size": 5120,
        "num_hidden_layers": 32,
        "num_global_layers": 8,
        "num_attention_heads": 16,
        "num_channels": 3,
        "image_size": 448,
        "patch_size": 14,
        "hidden_act": "gelu",
        "vision_output_dim": 7680,
        "max_num_tiles": 4,
        "supported_aspect_ratios": [[1, 1], [1, 2], [1, 3], [1, 4], [2, 1], [2, 2], [3, 1], [4, 1]],
    },
    aliases={"attention_heads": "num_attention_heads"},
    costless={
        "intermediate_layers_indices": "which layers' results are joined; vision_output_dim says how wide they are"
    },
)
