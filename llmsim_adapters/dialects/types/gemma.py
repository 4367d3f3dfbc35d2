"""Gemma: GeLU, tied embeddings, heads of a size of their own. Source: transformers `GemmaConfig`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import attention, mlp
from llmsim_adapters.dialects.assembly.decoder import decoder
from llmsim_adapters.dialects.types import llama

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.components import Attention
    from llmsim_adapters.spec.model import ModelSpec


def gemma_attention(r: Reader, softcap: float | None = None) -> Attention:
    """Read Gemma's attention, which embedding models make bidirectional."""
    causal = not r.flag("use_bidirectional_attention")
    return attention(r, bias=r.flag("attention_bias"), causal=causal, softcap=softcap)


def read(r: Reader) -> ModelSpec:
    return decoder(r, gemma_attention(r), mlp(r))


DIALECT = llama.DIALECT.like(
    "gemma",
    read=read,
    vocab_size=256000,
    hidden_size=3072,
    intermediate_size=24576,
    num_hidden_layers=28,
    num_attention_heads=16,
    num_key_value_heads=16,
    head_dim=256,
    hidden_act="gelu_pytorch_tanh",
    tie_word_embeddings=True,
    use_bidirectional_attention=None,
)
