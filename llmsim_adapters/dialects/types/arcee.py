"""Arcee: Llama with a feed-forward network without a gate. Source: transformers `ArceeConfig`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import attention, mlp
from llmsim_adapters.dialects.assembly.decoder import decoder
from llmsim_adapters.dialects.types import llama

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    return decoder(r, attention(r, bias=r.flag("attention_bias")), mlp(r, bias=r.flag("mlp_bias"), gated=False))


DIALECT = llama.DIALECT.like("arcee", read=read, hidden_size=2560, intermediate_size=18432, hidden_act="relu2")
