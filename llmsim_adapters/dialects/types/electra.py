"""ELECTRA: narrow embeddings, and a head as narrow. Source: transformers `ElectraConfig`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.encoders import encoder, layer_norm_of, masked, tables, widened
from llmsim_adapters.dialects.types import bert

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    width = r.size("embedding_size")
    spec = encoder(r, inputs=(*tables(r, width), layer_norm_of(width)))
    return masked(r, widened(r, spec, width), width, spare_bias=False, pooler=False)


DIALECT = bert.DIALECT.like(
    "electra",
    read=read,
    embedding_size=128,
    hidden_size=256,
    intermediate_size=1024,
    num_attention_heads=4,
    costless={"summary_last_dropout": "training only"},
)
