"""Phi-3 and Phi-4: an optional window on every layer, partly rotated heads. Source: transformers `Phi3Config`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.types import mistral

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    r.only("attention_bias", False)  # published configs say it; the code has no biases
    return mistral.read(r)


DIALECT = mistral.DIALECT.like(
    "phi3",
    read=read,
    vocab_size=32064,
    hidden_size=3072,
    intermediate_size=8192,
    num_key_value_heads=None,
    sliding_window=None,
)
