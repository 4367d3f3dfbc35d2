"""ShieldGemma 2: Gemma 3 with pictures, which says whether they are safe. Source: transformers `ShieldGemma2Config`."""

from dataclasses import replace

from llmsim_adapters.dialects.types import gemma3

DIALECT = replace(gemma3.DIALECT.like("shieldgemma2"), classes=("Gemma3ForConditionalGeneration",))
