"""Command R: both mixers side by side behind one norm without offsets, tied. Source: transformers `CohereConfig`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import attention, mlp
from llmsim_adapters.dialects.assembly.decoder import decoder, layer_norm
from llmsim_adapters.dialects.assembly.layouts import parallel
from llmsim_adapters.dialects.assembly.options import with_norms_of_heads
from llmsim_adapters.dialects.types import llama

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    mixer = attention(r, bias=r.flag("attention_bias"))
    if r.flag("qk_norm"):
        mixer = with_norms_of_heads(mixer)
    return decoder(r, mixer, mlp(r), norm=layer_norm(r, bias=False), layout=parallel)


DIALECT = llama.DIALECT.like(
    "cohere",
    read=read,
    vocab_size=256000,
    hidden_size=8192,
    intermediate_size=22528,
    num_hidden_layers=40,
    num_attention_heads=64,
    qk_norm=False,
    tie_word_embeddings=True,
)
