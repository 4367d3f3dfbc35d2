"""Cosmos3 Edge's picture encoder: SigLIP 2's without pooling. Source: transformers `Cosmos3EdgeVisionConfig`."""

from llmsim_adapters.dialects.towers import siglip2_vision_model

DIALECT = siglip2_vision_model.DIALECT.like(
    "cosmos3_edge_vision",
    hidden_size=1152,
    intermediate_size=4304,
    num_hidden_layers=27,
    num_attention_heads=16,
    spatial_merge_size=2,
    vision_use_head=False,
)
