"""GTE: Nomic Embed's layers with biases but those into the network. Source: transformers `GteConfig`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import mlp
from llmsim_adapters.dialects.types import bert, nomic_bert

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    return nomic_bert.rotated(r, replace(mlp(r), output_bias=True), bias=True, spare_bias=False)


DIALECT = bert.DIALECT.like(
    "gte",
    read=read,
    costless={"position_embedding_type": "the class has rotary positions only"},
    vocab_size=250048,
    type_vocab_size=1,
)
