"""The text model of Cosmos3 Edge: Llama with plain feed-forward networks. Source: `Cosmos3EdgeTextConfig`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import attention, mlp
from llmsim_adapters.dialects.assembly.decoder import decoder
from llmsim_adapters.dialects.types import llama

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    mixer = attention(r, bias=r.flag("attention_bias"))
    return decoder(r, mixer, mlp(r, bias=r.flag("mlp_bias"), gated=False))


DIALECT = llama.DIALECT.like(
    "cosmos3_edge_text",
    read=read,
    vocab_size=131072,
    hidden_size=2048,
    intermediate_size=9216,
    num_hidden_layers=28,
    num_attention_heads=16,
    num_key_value_heads=8,
    head_dim=128,
    hidden_act="relu2",
)
