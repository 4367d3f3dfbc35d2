"""Idefics3's picture encoder: SigLIP's without pooling. Source: transformers `Idefics3VisionConfig`."""

from llmsim_adapters.dialects.towers import siglip_vision_model

DIALECT = siglip_vision_model.DIALECT.like(
    "idefics3_vision",
    costless={
        **dict.fromkeys(("max_image_size", "size"), "how pictures are cut: how many patches they become"),
        "use_base_siglip": "from which encoder the weights were taken, whose sizes stand beside it",
    },
    hidden_size=1152,
    num_attention_heads=16,
    patch_size=32,
    vision_use_head=False,
)
