"""Qwen2 as the second encoder of DeepSeek-OCR 2. Source: transformers `DeepseekOcr2EncoderConfig`."""

from llmsim_adapters.dialects.towers import qwen2_0_5b

DIALECT = qwen2_0_5b.DIALECT.like(
    "deepseek_ocr2_encoder",
    aliases={},
    costless=dict.fromkeys(
        ("layer_types", "max_window_layers", "sliding_window", "use_sliding_window"),
        "windows of a language model: its patches all see each other",
    ),
    hidden_size=4096,
    intermediate_size=22016,
    num_hidden_layers=32,
    num_attention_heads=32,
    num_key_value_heads=32,
)
