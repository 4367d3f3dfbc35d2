"""North Micro Vision's encoder of pictures: Qwen3-VL's. Source: transformers `CohereCompassVisionConfig`."""

from llmsim_adapters.dialects.towers import qwen3_vl_vision

DIALECT = qwen3_vl_vision.DIALECT.like("cohere_compass_vision")
