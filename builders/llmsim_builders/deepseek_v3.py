"""Decoders with latent attention, with routed experts or without: DeepSeek-V2 and V3, MiniCPM3."""

from __future__ import annotations

import llmsim_adapters as la
from llmsim_builders.attention import LATENT_FEATURES
from llmsim_builders.common import (
    DECODER_COMPONENTS,
    DECODER_FEATURES,
    DECODER_PARAMETERS,
    EXPERT_FEATURES,
    EXPERT_PARAMETERS,
    MTP_COMPONENTS,
    MTP_FEATURES,
)


class DeepseekV3(la.Builder):
    name = "deepseek_v3"
    requirements = la.Requirements(
        categories=frozenset({la.Category.MLA, la.Category.MLA_MOE}),
        parameters=(*DECODER_PARAMETERS, "kv_lora_rank", "qk_rope_head_dim"),
        parameters_of={
            la.Category.MLA: ("intermediate_size",),
            la.Category.MLA_MOE: EXPERT_PARAMETERS,
        },
        components=DECODER_COMPONENTS | {"latent_attention", "mixture_of_experts"} | MTP_COMPONENTS,
        features=DECODER_FEATURES | EXPERT_FEATURES | MTP_FEATURES | LATENT_FEATURES,
    )
