"""PaddleOCR-VL's picture encoder: SigLIP's without pooling. Source: transformers `PaddleOCRVisionConfig`."""

from llmsim_adapters.dialects.towers import siglip_vision_model

DIALECT = siglip_vision_model.DIALECT.like(
    "paddleocr_vl_vision",
    costless={
        "temporal_patch_size": "the class does not read it",
        "tokens_per_second": "positions in a video: no weights",
    },
    hidden_size=1152,
    intermediate_size=4304,
    num_hidden_layers=27,
    num_attention_heads=16,
    image_size=384,
    patch_size=14,
    spatial_merge_size=2,
    vision_use_head=False,
)
