"""GraniteMoE: Llama's attention, experts in every layer. Source: transformers `GraniteMoeConfig`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import attention, mixture_of_experts
from llmsim_adapters.dialects.assembly.decoder import decoder
from llmsim_adapters.dialects.types import llama

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    return decoder(r, attention(r, bias=r.flag("attention_bias")), mixture_of_experts(r))


DIALECT = llama.DIALECT.like(
    "granitemoe",
    read=read,
    aliases={"intermediate_size": "moe_intermediate_size"},
    moe_intermediate_size=11008,
    num_experts=8,
    num_experts_per_tok=2,
)
