"""The language model of Granite 4 Vision, which is Granite's. Source: transformers `Granite4VisionTextConfig`."""

from llmsim_adapters.dialects.types import granite

DIALECT = granite.DIALECT.like("granite4_vision_text", classes=("Granite4VisionForConditionalGeneration",))
