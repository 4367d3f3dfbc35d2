"""Cosmos3 Edge's picture encoder: SigLIP 2's without pooling or padding. Source: `Cosmos3EdgeVisionConfig`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.towers import siglip2_vision_model
from llmsim_adapters.spec.components import PositionEmbedding

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    spec = siglip2_vision_model.read(r)
    return spec.transform(PositionEmbedding, lambda table: replace(table, resampled=False))


DIALECT = siglip2_vision_model.DIALECT.like(
    "cosmos3_edge_vision",
    read=read,
    hidden_size=1152,
    intermediate_size=4304,
    num_hidden_layers=27,
    num_attention_heads=16,
    spatial_merge_size=2,
    vision_use_head=False,
)
