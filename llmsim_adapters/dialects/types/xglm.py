"""XGLM: sinusoidal positions, layer norms, biases in every layer. Source: `XGLMConfig`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.classic import classic, unrotated_attention
from llmsim_adapters.dialects.assembly.layouts import crossing, pre_norm
from llmsim_adapters.dialects.types import llama

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    mixer = unrotated_attention(r)
    return classic(r, mixer, layout=crossing(pre_norm, mixer if r.flag("add_cross_attention") else None))


DIALECT = llama.DIALECT.like(
    "xglm",
    read=read,
    vocab_size=256008,
    hidden_size=1024,
    intermediate_size=4096,
    num_hidden_layers=24,
    num_attention_heads=16,
    hidden_act="gelu",
    add_cross_attention=False,
    tie_word_embeddings=True,
)
