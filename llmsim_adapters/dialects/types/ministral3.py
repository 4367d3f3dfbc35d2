"""Ministral 3: Mistral without a window, unless the config asks for one. Source: transformers `Ministral3Config`."""

from __future__ import annotations

from llmsim_adapters.dialects.types import mistral

DIALECT = mistral.DIALECT.like(
    "ministral3",
    vocab_size=131072,
    num_hidden_layers=34,
    head_dim=128,
    sliding_window=None,
)
