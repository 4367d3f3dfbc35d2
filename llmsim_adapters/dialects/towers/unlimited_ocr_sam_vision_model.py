"""SAM's picture encoder in Unlimited-OCR. Source: transformers `UnlimitedOcrSamVisionConfig`."""

from llmsim_adapters.dialects.towers import sam_vision_model

DIALECT = sam_vision_model.DIALECT.like("unlimited_ocr_sam_vision_model", downsample_channels=[512, 1024])
