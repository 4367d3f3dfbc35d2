"""RemBERT: narrow embeddings, and a head of another width. Source: transformers `RemBertConfig`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.encoders import encoder, layer_norm_of, masked, tables, widened
from llmsim_adapters.dialects.types import bert
from llmsim_adapters.spec.components import Head, Projection

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    width, hidden = r.size("input_embedding_size"), r.size("hidden_size")
    spec = widened(r, encoder(r, inputs=(*tables(r, width), layer_norm_of(width))), width)
    if width == hidden:
        same = Projection(input_size=width, output_size=hidden, bias=True)  # the type projects all the same
        spec = replace(spec, inputs=(*spec.inputs, same))
    spec = masked(r, spec, r.size("output_embedding_size"), spare_bias=False)
    r.no_effect(("tie_word_embeddings",), "the class ties nothing, whatever the key says")
    return spec.transform(Head, lambda h: replace(h, weight_of="itself"))


DIALECT = bert.DIALECT.like(
    "rembert",
    read=read,
    vocab_size=250300,
    input_embedding_size=256,
    output_embedding_size=1664,
    hidden_size=1152,
    intermediate_size=4608,
    num_hidden_layers=32,
    num_attention_heads=18,
    tie_word_embeddings=False,
    costless={"classifier_dropout_prob": "training only"},
)
