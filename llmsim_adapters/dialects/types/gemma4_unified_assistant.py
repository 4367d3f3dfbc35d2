"""The assistant of Gemma 4 Unified, as Gemma 4's. Source: transformers `Gemma4UnifiedAssistantConfig`."""

from __future__ import annotations

from llmsim_adapters.dialects.types import gemma4_assistant, gemma4_unified_text

DIALECT = gemma4_unified_text.DIALECT.like(
    "gemma4_unified_assistant",
    read=gemma4_assistant.read,
    classes=("Gemma4UnifiedAssistantForCausalLM",),
    **gemma4_assistant.DEFAULTS,
)
