"""The text model of Qwen2-VL: Qwen2, larger by default. Source: transformers `Qwen2VLTextConfig`."""

from llmsim_adapters.dialects.types import qwen2

DIALECT = qwen2.DIALECT.like(
    "qwen2_vl_text",
    vocab_size=152064,
    hidden_size=8192,
    intermediate_size=29568,
    num_hidden_layers=80,
    num_attention_heads=64,
    num_key_value_heads=8,
    max_window_layers=80,
)
