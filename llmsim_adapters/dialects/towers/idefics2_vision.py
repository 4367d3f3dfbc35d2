"""Idefics2's picture encoder: SigLIP's without pooling, over pictures of any size. `Idefics2VisionConfig`."""

from llmsim_adapters.dialects.towers import siglip_vision_model

DIALECT = siglip_vision_model.DIALECT.like("idefics2_vision", patch_size=32, vision_use_head=False)
