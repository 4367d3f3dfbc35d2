"""BERT for generation: no kinds of token, and no layer before the head. Source: `BertGenerationConfig`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.encoders import encoder, layer_norm_of
from llmsim_adapters.dialects.assembly.ends import learned_positions
from llmsim_adapters.dialects.types import bert
from llmsim_adapters.spec.components import Head

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    spec = encoder(r, inputs=(learned_positions(r), layer_norm_of(r.size("hidden_size"))))
    return spec.transform(Head, lambda h: replace(h, spare_bias=h.weight_of == "itself"))


DIALECT = bert.DIALECT.like(
    "bert-generation",
    read=read,
    vocab_size=50358,
    hidden_size=1024,
    intermediate_size=4096,
    num_hidden_layers=24,
    num_attention_heads=16,
    causal_lm=("BertGenerationDecoder",),
)
