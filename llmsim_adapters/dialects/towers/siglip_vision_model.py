"""SigLIP's picture encoder: a ViT with learned positions and a head that pools by attention. `SiglipVisionConfig`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from llmsim_adapters.dialects.assembly.components import mlp
from llmsim_adapters.dialects.assembly.decoder import layer_norm
from llmsim_adapters.dialects.assembly.tower import encoder, full_attention, patch_count, patches
from llmsim_adapters.dialects.reading.dialect import Dialect
from llmsim_adapters.spec.components import LearnedTokens, PositionEmbedding

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.components import Component
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    mixer, feed_forward, norm = full_attention(r), mlp(r, bias=True, gated=False), layer_norm(r)
    pooling = pooled(r) if r.flag("vision_use_head") else ()
    positions = PositionEmbedding(positions=patch_count(r), hidden_size=r.size("hidden_size"))
    rows = ("rows", *POOLED_ROWS) if pooling else ()
    before = (patches(r), positions)
    return encoder(r, mixer, feed_forward, norm, before=before, after=(norm, *pooling), after_rows=rows)


def pooled(r: Reader) -> tuple[Component, ...]:
    """Read the head that pools: a trained vector that attends to all patches, and a network."""
    probe = LearnedTokens(hidden_size=r.size("hidden_size"))
    return probe, replace(full_attention(r), queries=1), layer_norm(r), mlp(r, bias=True, gated=False)


POOLED_ROWS: Final = ("rows", "rows", "sequences", "sequences")
"""The rows that the parts of the head run on."""


DIALECT = Dialect(
    "siglip_vision_model",
    read,
    {
        "hidden_size": 768,
        "intermediate_size": 3072,
        "num_hidden_layers": 12,
        "num_attention_heads": 12,
        "num_channels": 3,
        "image_size": 224,
        "patch_size": 16,
        "hidden_act": "gelu_pytorch_tanh",
        "vision_use_head": True,
    },
)
