"""ShieldGemma 2: Gemma 3 with pictures, whose answers are looked up in its logits. Source: `ShieldGemma2Config`."""

from llmsim_adapters.dialects.types import gemma3

DIALECT = gemma3.DIALECT.like("shieldgemma2", ties="text")
