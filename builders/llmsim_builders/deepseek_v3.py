"""Decoders with latent attention, with routed experts or without: DeepSeek-V2 and V3, MiniCPM3."""

from __future__ import annotations

import llmsim_adapters as la
from llmsim_builders.common import DECODER_PARAMETERS, EXPERT_PARAMETERS, decoders


class DeepseekV3(la.Builder):
    name = "deepseek_v3"
    requirements = decoders(
        la.Category.MLA,
        la.Category.MLA_MOE,
        parameters=(*DECODER_PARAMETERS, "kv_lora_rank", "qk_rope_head_dim"),
        parameters_of={la.Category.MLA: ("intermediate_size",), la.Category.MLA_MOE: EXPERT_PARAMETERS},
        components={"latent_attention", "mixture_of_experts"},
    )
