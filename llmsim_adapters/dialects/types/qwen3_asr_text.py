"""The text model of Qwen3-ASR: that of Qwen3-VL. Source: the published config of Qwen/Qwen3-ASR-0.6B."""

from llmsim_adapters.dialects.types import qwen3_vl_text

DIALECT = qwen3_vl_text.DIALECT.like("qwen3_asr_text")
