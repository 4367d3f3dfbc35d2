"""GraniteMoE with a shared expert of a width of its own, 0: none. Source: `GraniteMoeSharedConfig`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import attention, mixture_of_experts, mlp
from llmsim_adapters.dialects.assembly.decoder import decoder
from llmsim_adapters.dialects.types import granitemoe

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.components import MixtureOfExperts
    from llmsim_adapters.spec.model import ModelSpec


def experts(r: Reader) -> MixtureOfExperts:
    """Read the experts with the shared one."""
    width = r.count("shared_expert_intermediate_size")
    return replace(mixture_of_experts(r), shared=mlp(r, width=width) if width else None)


def read(r: Reader) -> ModelSpec:
    return decoder(r, attention(r, bias=r.flag("attention_bias")), experts(r))


DIALECT = granitemoe.DIALECT.like(
    "granitemoeshared",
    read=read,
    aliases={"shared_intermediate_size": "shared_expert_intermediate_size"},
    shared_expert_intermediate_size=0,
)
