"""InstructBLIP's encoder of pictures, which is BLIP-2's. Source: transformers `InstructBlipVisionConfig`."""

from llmsim_adapters.dialects.towers import blip_2_vision_model

DIALECT = blip_2_vision_model.DIALECT.like("instructblip_vision_model")
