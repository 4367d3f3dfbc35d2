"""Decoders with state spaces or linear attention, with softmax attention beside them or without.

Mamba, Jamba, Bamba, LFM2, Nemotron-H; Qwen3-Next, OLMo Hybrid, Kimi Linear, MiniMax.
"""

from __future__ import annotations

import llmsim_adapters as la
from llmsim_builders.common import decoders


class Hybrid(la.Builder):
    name = "hybrid"
    requirements = decoders(
        la.Category.HYBRID,
        la.Category.SSM,
        parameters=("hidden_size", "num_hidden_layers"),
        components={"attention", "latent_attention", "mixture_of_experts"}
        | {"gated_delta_net", "kimi_delta_attention", "lightning_attention"}
        | {"gated_linear_recurrence", "mamba", "mamba2", "matrix_lstm", "short_convolution"}
        | {"rwkv_channel_mix", "rwkv_time_mix"},
    )
