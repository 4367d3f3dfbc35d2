"""SAM's picture encoder in DeepSeek-OCR 2. Source: transformers `DeepseekOcr2SamVisionConfig`."""

from llmsim_adapters.dialects.towers import sam_vision_model

DIALECT = sam_vision_model.DIALECT.like("deepseek_ocr2_sam_vision_model", downsample_channels=[512, 896])
