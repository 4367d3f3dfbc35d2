"""Qwen2.5-Omni's encoder of pictures: Qwen2.5-VL's. Source: transformers `Qwen2_5OmniVisionEncoderConfig`."""

from llmsim_adapters.dialects.towers import qwen2_5_vl_vision

DIALECT = qwen2_5_vl_vision.DIALECT.like("qwen2_5_omni_vision_encoder")
