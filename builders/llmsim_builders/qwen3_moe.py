"""Decoders with grouped-query attention and routed experts: Qwen3-MoE, Mixtral, gpt-oss, GLM-4.5."""

from __future__ import annotations

import llmsim_adapters as la
from llmsim_builders.common import DECODER_PARAMETERS, EXPERT_PARAMETERS, decoders


class Qwen3Moe(la.Builder):
    name = "qwen3_moe"
    requirements = decoders(
        la.Category.MOE,
        parameters=(*DECODER_PARAMETERS, *EXPERT_PARAMETERS),
        components={"attention", "mixture_of_attention", "mixture_of_experts"}
        | {"compressed_attention", "compressed_indexer"},
    )
