"""Qwen3-ASR's encoder of sound under its first type: Qwen3-Omni's. Source: SGLang's `qwen3_asr.py`."""

from llmsim_adapters.dialects.towers import qwen3_omni_moe_audio_encoder

DIALECT = qwen3_omni_moe_audio_encoder.DIALECT.like("qwen3_asr_audio_encoder")
