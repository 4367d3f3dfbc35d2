"""Persimmon: Phi's attention with normed queries and keys, one mixer after the other. Source: `PersimmonConfig`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.classic import classic
from llmsim_adapters.dialects.assembly.components import computed_head_dim
from llmsim_adapters.dialects.types import phi

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    computed_head_dim(r)
    return classic(r, phi.normed_attention(r))


DIALECT = phi.DIALECT.like(
    "persimmon",
    read=read,
    vocab_size=262144,
    hidden_size=4096,
    intermediate_size=16384,
    num_hidden_layers=36,
    num_attention_heads=64,
    hidden_act="relu2",
    qk_norm=True,
)
