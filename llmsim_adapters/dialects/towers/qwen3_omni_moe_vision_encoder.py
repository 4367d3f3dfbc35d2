"""Qwen3-Omni's picture encoder: Qwen3-VL's. Source: transformers `Qwen3OmniMoeVisionEncoderConfig`."""

from llmsim_adapters.dialects.towers import qwen3_vl_vision

DIALECT = qwen3_vl_vision.DIALECT.like(
    "qwen3_omni_moe_vision_encoder",
    costless={
        "apply_vit_abs_pos_embed": "the class does not read it: positions are added",
        "image_size": "the class does not read it: num_position_embeddings says how many positions there are",
        "spatial_patch_size": "the class reads patch_size",
        "tokens_per_second": "positions in a video: no weights",
    },
)
