"""Janus' picture encoder: SigLIP's without pooling, its networks so many times as wide. `JanusVisionConfig`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.widths import by_ratio
from llmsim_adapters.dialects.towers import siglip_vision_model

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    r.only("qk_norm", False)
    r.only("attention_bias", True)
    r.derive("intermediate_size", by_ratio(r, r.size("hidden_size")))
    return siglip_vision_model.read(r)


DIALECT = siglip_vision_model.DIALECT.like(
    "janus_vision_model",
    read=read,
    costless={
        "hidden_dropout_rate": "a dropout",
        "num_image_tokens": "how many tokens a picture becomes: its patches",
        "projection_dropout": "a dropout",
    },
    hidden_size=1024,
    num_hidden_layers=24,
    num_attention_heads=16,
    image_size=384,
    patch_size=16,
    hidden_act="gelu",
    mlp_ratio=4.0,
    attention_bias=True,
    qk_norm=False,
    vision_use_head=False,
    depth=2,
    projection_dim=2048,
)
