"""CTRL: sinusoidal positions, biases everywhere, the head's too. Source: `CTRLConfig`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.classic import classic
from llmsim_adapters.dialects.types import llama

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    return classic(r, head_bias=True)


DIALECT = llama.DIALECT.like(
    "ctrl",
    read=read,
    vocab_size=246534,
    hidden_size=1280,
    intermediate_size=8192,
    num_hidden_layers=48,
    num_attention_heads=16,
    hidden_act="relu",
    tie_word_embeddings=True,
    costless={
        "n_positions": "the length of a table of sines, which is computed",
        "n_ctx": "bounds the context; sinusoidal positions have no table of weights",
    },
)
