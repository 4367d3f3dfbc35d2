"""The text model of Qwen2.5-VL: that of Qwen2-VL. Source: transformers `Qwen2_5_VLTextConfig`."""

from llmsim_adapters.dialects.types import qwen2_vl_text

DIALECT = qwen2_vl_text.DIALECT.like("qwen2_5_vl_text")
