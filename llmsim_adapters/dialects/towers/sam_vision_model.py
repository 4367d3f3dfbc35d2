"""Segment Anything's picture encoder, as GOT-OCR 2.0 has it. Source: transformers `SamVisionConfig`."""

from llmsim_adapters.dialects.towers import got_ocr2_vision

DIALECT = got_ocr2_vision.DIALECT.like(
    "sam_vision_model",
    costless={
        "mlp_ratio": "the class reads mlp_dim",
        "num_pos_feats": "of the positions of Segment Anything's prompts",
        "scale": "of the positions of Segment Anything's prompts",
    },
)
