"""The parts of decoders with state spaces or linear attention, which `hybrid` has beside all others."""

from __future__ import annotations

from typing import Final

RECURRENT_COMPONENTS: Final = frozenset(
    {
        "gated_linear_recurrence",
        "mamba",
        "mamba2",
        "matrix_lstm",
        "rwkv_channel_mix",
        "rwkv_time_mix",
        "short_convolution",
    }
)
RECURRENT_FEATURES: Final = frozenset(
    {
        "mamba2_bias",
        "mamba2_output_bias",
        "mamba2_output_norm",
        "mamba2_without_convolution_bias",
        "mamba_bias",
        "mamba_heads",
        "mamba_input_norms",
        "mamba_without_convolution_bias",
        "matrix_lstm_bias",
        "shared_sublayers",
        "short_convolution_bias",
    }
)

LINEAR_COMPONENTS: Final = frozenset({"gated_delta_net", "kimi_delta_attention", "lightning_attention"})
LINEAR_FEATURES: Final = frozenset({"low_rank_decay", "low_rank_gate"})
