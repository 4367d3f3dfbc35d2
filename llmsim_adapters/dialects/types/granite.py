"""Granite: Llama with scalars on embeddings, residuals, scores and logits. Source: transformers `GraniteConfig`."""

from __future__ import annotations

from llmsim_adapters.dialects.types import llama

DIALECT = llama.DIALECT.like("granite")
