"""Intern-S1: Qwen3 with InternViT, whose patches are projected four at once. Source: SGLang's `interns1.py`."""

from __future__ import annotations

from llmsim_adapters.dialects.types import internvl

DIALECT = internvl.DIALECT.like(
    "interns1", ties="either", tie_word_embeddings=False, classes=("InternS1ForConditionalGeneration",)
)
