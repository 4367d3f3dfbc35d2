"""The assistant of Gemma 4 with one embedder of everything. Source: transformers `Gemma4UnifiedAssistantConfig`."""

from __future__ import annotations

from llmsim_adapters.dialects.types import gemma4_assistant

DIALECT = gemma4_assistant.DIALECT.like(
    "gemma4_unified_assistant",
    of_whole=gemma4_assistant.OF_WHOLE,
    sliding_window=1024,
    use_bidirectional_attention="vision",
    vocab_size_per_layer_input=None,
    hidden_size_per_layer_input=None,
    backbone_hidden_size=3840,
)
