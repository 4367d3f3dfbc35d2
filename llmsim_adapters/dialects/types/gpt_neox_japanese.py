"""GPT-NeoX-Japanese: one bias only, that of the last layer's attention output. Source: `GPTNeoXJapaneseConfig`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.classic import classic
from llmsim_adapters.dialects.assembly.components import attention, computed_head_dim
from llmsim_adapters.dialects.assembly.decoder import layers
from llmsim_adapters.dialects.types import llama

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    computed_head_dim(r)
    base = attention(r)
    mixers = [base] * (layers(r) - 1) + [replace(base, o_bias=True)]
    width = r.derive("intermediate_size", r.size("intermediate_multiple_size") * r.size("hidden_size"))
    return classic(r, mixers, bias=False, width=width)


DIALECT = llama.DIALECT.like(
    "gpt_neox_japanese",
    read=read,
    hidden_size=2560,
    intermediate_multiple_size=4,
    hidden_act="gelu",
    tie_word_embeddings=True,
)
