"""Decoders with state spaces or linear attention, with softmax attention beside them or without.

Mamba, Jamba, Bamba, LFM2, Nemotron-H; Qwen3-Next, OLMo Hybrid, Kimi Linear, MiniMax.
"""

from __future__ import annotations

import llmsim_adapters as la
from llmsim_builders.attention import ATTENTION_FEATURES, LATENT_FEATURES
from llmsim_builders.common import DECODER_COMPONENTS, DECODER_FEATURES, EXPERT_FEATURES, MTP_COMPONENTS, MTP_FEATURES
from llmsim_builders.recurrent import LINEAR_COMPONENTS, LINEAR_FEATURES, RECURRENT_COMPONENTS, RECURRENT_FEATURES


class Hybrid(la.Builder):
    name = "hybrid"
    requirements = la.Requirements(
        categories=frozenset({la.Category.HYBRID, la.Category.SSM}),
        parameters=("hidden_size", "num_hidden_layers"),
        components=DECODER_COMPONENTS
        | {"attention", "latent_attention", "mixture_of_experts"}
        | RECURRENT_COMPONENTS
        | LINEAR_COMPONENTS
        | MTP_COMPONENTS,
        features=DECODER_FEATURES
        | ATTENTION_FEATURES
        | LATENT_FEATURES
        | EXPERT_FEATURES
        | RECURRENT_FEATURES
        | LINEAR_FEATURES
        | MTP_FEATURES,
    )
