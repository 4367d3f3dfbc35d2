"""Jais 2: biases everywhere, layer norms, no gate. Source: transformers `Jais2Config`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import attention, mlp
from llmsim_adapters.dialects.assembly.decoder import decoder, layer_norm
from llmsim_adapters.dialects.types import llama

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    feed_forward = mlp(r, bias=r.flag("mlp_bias"), gated=False)
    return decoder(r, attention(r, bias=r.flag("attention_bias")), feed_forward, norm=layer_norm(r))


DIALECT = llama.DIALECT.like(
    "jais2",
    read=read,
    vocab_size=150272,
    hidden_size=3328,
    intermediate_size=26624,
    num_attention_heads=26,
    hidden_act="relu2",
    attention_bias=True,
    mlp_bias=True,
)
