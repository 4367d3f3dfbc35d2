"""Decoders with grouped-query attention and routed experts: Qwen3-MoE, Mixtral."""

from __future__ import annotations

import llmsim_adapters as la
from llmsim_builders.common import (
    ATTENTION_FEATURES,
    DECODER_COMPONENTS,
    DECODER_FEATURES,
    DECODER_PARAMETERS,
    EXPERT_FEATURES,
    EXPERT_PARAMETERS,
)


class Qwen3Moe(la.Builder):
    name = "qwen3_moe"
    requirements = la.Requirements(
        categories=frozenset({la.Category.MOE}),
        parameters=(*DECODER_PARAMETERS, *EXPERT_PARAMETERS),
        components=DECODER_COMPONENTS | {"attention", "mixture_of_experts"},
        features=DECODER_FEATURES | ATTENTION_FEATURES | EXPERT_FEATURES,
    )
