"""LLaVA over Mistral's layers, in the layout of the first LLaVAs. Source: SGLang's `llava.py`, haotian-liu/LLaVA."""

from __future__ import annotations

from llmsim_adapters.dialects.assembly import first_llava
from llmsim_adapters.dialects.types import mistral

DIALECT = mistral.DIALECT.like(
    "llava_mistral",
    towers=first_llava.towers,
    classes=("LlavaMistralForCausalLM",),
    costless=first_llava.COSTLESS,
    mm_spatial_pool_stride=2,
    ties="either",
)
