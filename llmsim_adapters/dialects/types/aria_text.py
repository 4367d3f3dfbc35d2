"""Aria: Llama with experts of the usual width, shared ones beside them. Source: transformers `AriaTextConfig`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import attention, mixture_of_experts
from llmsim_adapters.dialects.assembly.decoder import decoder
from llmsim_adapters.dialects.types import granitemoe

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    experts = mixture_of_experts(r, shared_bias=r.flag("mlp_bias"))
    return decoder(r, attention(r, bias=r.flag("attention_bias")), experts)


DIALECT = granitemoe.DIALECT.like(
    "aria_text",
    read=read,
    aliases={"moe_num_shared_experts": "num_shared_experts"},
    moe_intermediate_size=4096,
    num_shared_experts=2,
)
