"""Phi-4-multimodal's picture encoder: SigLIP's. Source: transformers `Phi4MultimodalVisionConfig`."""

from llmsim_adapters.dialects.towers import siglip_vision_model

DIALECT = siglip_vision_model.DIALECT.like(
    "phi4_multimodal_vision",
    costless={
        "crop_size": "how pictures are cut: how many tokens they become, which the schedule says",
        "feature_layer": "which layer's results are projected: all layers are stored",
    },
    hidden_size=1152,
    intermediate_size=4304,
    num_hidden_layers=27,
    num_attention_heads=16,
    image_size=448,
    patch_size=14,
)
