"""BioGPT: GPT-2's parts, with positions that start at row 2. Source: `BioGptConfig`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.classic import classic
from llmsim_adapters.dialects.assembly.ends import learned_positions
from llmsim_adapters.dialects.types import llama

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    return classic(r, inputs=(learned_positions(r, offset=2),))


DIALECT = llama.DIALECT.like(
    "biogpt",
    read=read,
    vocab_size=42384,
    max_position_embeddings=1024,
    hidden_size=1024,
    intermediate_size=4096,
    num_hidden_layers=24,
    num_attention_heads=16,
    hidden_act="gelu",
    tie_word_embeddings=True,
)
