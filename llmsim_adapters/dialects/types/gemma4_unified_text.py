"""The text model of Gemma 4 without encoders: no per-layer embeddings. Source: `Gemma4UnifiedTextConfig`."""

from __future__ import annotations

from llmsim_adapters.dialects.types import gemma4_text

DIALECT = gemma4_text.DIALECT.like(
    "gemma4_unified_text",
    text_only=("Gemma4UnifiedForCausalLM",),
    sliding_window=1024,
    use_bidirectional_attention="vision",
    vocab_size_per_layer_input=None,
    hidden_size_per_layer_input=None,
)
