"""Mistral Large 4: its text model with Pixtral's encoder, as Mistral 3 has it. Source: `MistralLarge4Config`."""

from __future__ import annotations

from functools import partial

from llmsim_adapters.dialects.types import mistral3, mistral_large4_text

_VISION = {
    "hidden_size": 2048,
    "intermediate_size": 6144,
    "num_hidden_layers": 30,
    "num_attention_heads": 16,
    "patch_size": 14,
    "image_size": 1540,
    "hidden_act": "silu",
}

DIALECT = mistral_large4_text.DIALECT.like(
    "mistral_large4",
    text_config="text_config",
    towers=partial(mistral3.towers, without=_VISION),
    costless={"projector_hidden_act": mistral3.DIALECT.costless["projector_hidden_act"]},
    note=mistral_large4_text.NOTE,
    spatial_merge_size=2,
    multimodal_projector_bias=False,
)
