"""Pixtral's picture encoder: a ViT of Llama's layers with rotary positions. Source: `PixtralVisionConfig`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import mlp
from llmsim_adapters.dialects.assembly.tower import encoder, full_attention, patches
from llmsim_adapters.dialects.reading.dialect import Dialect
from llmsim_adapters.spec.components import Norm

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    norm = Norm(r.size("hidden_size"))
    mixer = replace(full_attention(r, bias=False), rotary_fraction=1.0)
    return encoder(r, mixer, mlp(r), norm, before=(patches(r, bias=False), norm))


DIALECT = Dialect(
    "pixtral",
    read,
    {
        "hidden_size": 1024,
        "intermediate_size": 4096,
        "num_hidden_layers": 24,
        "num_attention_heads": 16,
        "num_channels": 3,
        "image_size": 1024,
        "patch_size": 16,
        "hidden_act": "gelu",
    },
    costless={
        "head_dim": "the class computes it: hidden_size / num_attention_heads",
        "image_size": "the largest picture: positions are rotated, without a table",
    },
)
