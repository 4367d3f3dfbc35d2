"""Megatron-BERT: norms before the mixers and none after the embedding. Source: `MegatronBertConfig`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.encoders import encoder, masked, tables
from llmsim_adapters.dialects.assembly.layouts import pre_norm
from llmsim_adapters.dialects.types import bert

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    return masked(r, encoder(r, layout=pre_norm, inputs=tables(r), final_norm=True))


DIALECT = bert.DIALECT.like(
    "megatron-bert",
    read=read,
    vocab_size=29056,
    hidden_size=1024,
    intermediate_size=4096,
    num_hidden_layers=24,
    num_attention_heads=16,
)
