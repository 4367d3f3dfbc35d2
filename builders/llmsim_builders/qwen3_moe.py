"""Decoders with grouped-query attention and routed experts: Qwen3-MoE, Mixtral, gpt-oss, GLM-4.5."""

from __future__ import annotations

import llmsim_adapters as la
from llmsim_builders.attention import ATTENTION_FEATURES, COMPRESSED_COMPONENTS
from llmsim_builders.common import (
    DECODER_COMPONENTS,
    DECODER_FEATURES,
    DECODER_PARAMETERS,
    EXPERT_FEATURES,
    EXPERT_PARAMETERS,
    MTP_COMPONENTS,
    MTP_FEATURES,
)


class Qwen3Moe(la.Builder):
    name = "qwen3_moe"
    requirements = la.Requirements(
        categories=frozenset({la.Category.MOE}),
        parameters=(*DECODER_PARAMETERS, *EXPERT_PARAMETERS),
        components=DECODER_COMPONENTS
        | {"attention", "mixture_of_attention", "mixture_of_experts"}
        | COMPRESSED_COMPONENTS
        | MTP_COMPONENTS,
        features=DECODER_FEATURES | ATTENTION_FEATURES | EXPERT_FEATURES | MTP_FEATURES,
    )
