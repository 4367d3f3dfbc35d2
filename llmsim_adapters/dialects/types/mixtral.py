"""Mixtral: Mistral's layers with experts; `intermediate_size` is one expert's. Source: `MixtralConfig`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import attention, mixture_of_experts
from llmsim_adapters.dialects.assembly.decoder import decoder, layers, windowed
from llmsim_adapters.dialects.types import mistral

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    return decoder(r, windowed(r, attention(r), [True] * layers(r)), mixture_of_experts(r))


DIALECT = mistral.DIALECT.like(
    "mixtral",
    read=read,
    classes=("QuantMixtralForCausalLM",),
    aliases={"intermediate_size": "moe_intermediate_size"},
    moe_intermediate_size=14336,
    num_experts=8,
    num_experts_per_tok=2,
    sliding_window=None,
)
