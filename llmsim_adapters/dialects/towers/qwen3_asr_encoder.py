"""Qwen3-ASR's encoder of sound: Qwen3-Omni's, in other sizes. Source: transformers `Qwen3ASREncoderConfig`."""

from llmsim_adapters.dialects.towers import qwen3_omni_moe_audio_encoder

DIALECT = qwen3_omni_moe_audio_encoder.DIALECT.like(
    "qwen3_asr_encoder",
    costless={"max_position_embeddings": "positions are computed"},
    num_hidden_layers=24,
    hidden_size=1024,
    intermediate_size=4096,
    num_attention_heads=16,
    n_window_infer=800,
)
