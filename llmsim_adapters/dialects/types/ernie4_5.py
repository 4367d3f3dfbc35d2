"""ERNIE 4.5: Llama with one key for all biases. Source: transformers `Ernie4_5Config`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import attention, mlp
from llmsim_adapters.dialects.assembly.decoder import decoder
from llmsim_adapters.dialects.types import llama

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    bias = r.flag("attention_bias")  # `use_bias`
    return decoder(r, attention(r, bias=bias), mlp(r, bias=bias))


DIALECT = llama.DIALECT.like(
    "ernie4_5",
    read=read,
    vocab_size=103424,
    hidden_size=1024,
    intermediate_size=3072,
    num_hidden_layers=18,
    num_attention_heads=16,
    num_key_value_heads=2,
    head_dim=128,
    tie_word_embeddings=True,
)
