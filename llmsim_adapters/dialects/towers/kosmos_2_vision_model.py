"""Kosmos-2's picture encoder: CLIP's. Source: transformers `Kosmos2VisionConfig`."""

from llmsim_adapters.dialects.towers import clip_vision_model

DIALECT = clip_vision_model.DIALECT.like(
    "kosmos_2_vision_model",
    hidden_size=1024,
    intermediate_size=4096,
    num_hidden_layers=24,
    num_attention_heads=16,
    patch_size=14,
)
