"""Llama 4's picture encoder: a ViT with a class token at the end, rotary positions, and patches that are shuffled.

Source: transformers `Llama4VisionConfig`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import mlp
from llmsim_adapters.dialects.assembly.decoder import layer_norm
from llmsim_adapters.dialects.assembly.tower import encoder, full_attention, patch_count
from llmsim_adapters.dialects.reading.dialect import Dialect
from llmsim_adapters.spec.components import LearnedTokens, PositionEmbedding, Projection

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    hidden, side, norm = r.size("hidden_size"), r.size("patch_size"), layer_norm(r)
    before = (
        Projection(input_size=r.size("num_channels") * side * side, output_size=hidden),
        LearnedTokens(hidden_size=hidden),
        PositionEmbedding(positions=patch_count(r) + 1, hidden_size=hidden),
        norm,
    )
    inner = r.size("intermediate_size")
    out = r.size("projector_output_dim")
    adapter = (
        Projection(input_size=inner, output_size=r.size("projector_input_dim")),
        Projection(input_size=out, output_size=out),
    )
    mixer = replace(full_attention(r), rotary_fraction=1.0)
    feed_forward = mlp(r, bias=True, gated=False)
    return encoder(
        r,
        mixer,
        feed_forward,
        norm,
        before=before,
        after=(norm, *adapter),
        before_rows=("patches", "rows", "rows", "rows"),
    )


DIALECT = Dialect(
    "llama4_vision_model",
    read,
    {
        "hidden_size": 768,
        "intermediate_size": 5632,
        "num_hidden_layers": 34,
        "num_attention_heads": 16,
        "num_channels": 3,
        "image_size": 448,
        "patch_size": 14,
        "hidden_act": "gelu",
        "vision_output_dim": 7680,
        "projector_input_dim": 4096,
        "projector_output_dim": 4096,
        "pixel_shuffle_ratio": 0.5,
    },
    costless={
        "multi_modal_projector_bias": "the class has none, whatever this says",
        "projector_dropout": "training only",
        "vision_feature_layer": "which layer's results are projected: all layers run",
        "vision_feature_select_strategy": "the class drops the class token in any case",
    },
)
