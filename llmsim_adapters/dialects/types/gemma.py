"""Gemma: GeLU, tied embeddings, heads of a size of their own. Source: transformers `GemmaConfig`."""

from __future__ import annotations

from llmsim_adapters.dialects.types import llama

DIALECT = llama.DIALECT.like(
    "gemma",
    vocab_size=256000,
    hidden_size=3072,
    intermediate_size=24576,
    num_hidden_layers=28,
    num_attention_heads=16,
    num_key_value_heads=16,
    head_dim=256,
    hidden_act="gelu_pytorch_tanh",
    tie_word_embeddings=True,
)
