"""The text model of Qwen2.5-Omni's thinker: Qwen2, larger by default. Source: `Qwen2_5OmniTextConfig`."""

from llmsim_adapters.dialects.types import qwen2

DIALECT = qwen2.DIALECT.like(
    "qwen2_5_omni_text",
    vocab_size=152064,
    hidden_size=3584,
    intermediate_size=18944,
    num_hidden_layers=28,
    num_attention_heads=28,
    num_key_value_heads=4,
    max_window_layers=28,
)
