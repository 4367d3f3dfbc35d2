"""What the built-in builders share: the parts that every decoder has."""

from __future__ import annotations

from typing import Final

DECODER_PARAMETERS: Final = ("hidden_size", "num_hidden_layers", "num_attention_heads")

DECODER_COMPONENTS: Final = frozenset({"embedding", "head", "mlp", "norm", "position_embedding"})
DECODER_FEATURES: Final = frozenset(
    {
        "activation",
        "head_bias",
        "layer_norm",
        "logit_softcap",
        "mlp_bias",
        "mlp_norm",
        "no_pre_norm",
        "norm_bias",
        "norm_without_gain",
        "parallel_mixers",
        "plain_mlp",
        "post_norms",
        "quantized_weights",
        "tied_embeddings",
        "trained_activation",
    }
)

ATTENTION_FEATURES: Final = frozenset(
    {
        "attention_bias",
        "attention_gate",
        "attention_output_bias",
        "attention_output_norm",
        "attention_sinks",
        "attention_softcap",
        "bidirectional_attention",
        "keys_without_bias",
        "mixed_attention",
        "partial_rotary",
        "qk_norm",
        "sliding_window",
        "value_head_dim",
    }
)

EXPERT_PARAMETERS: Final = ("num_experts", "num_experts_per_tok", "moe_intermediate_size")
EXPERT_FEATURES: Final = frozenset(
    {
        "dense_layers",
        "expert_activation",
        "expert_bias",
        "plain_experts",
        "router_bias",
        "score_correction_bias",
        "shared_expert_gate",
        "shared_experts",
    }
)

MTP_COMPONENTS: Final = frozenset({"next_token_input"})
MTP_FEATURES: Final = frozenset({"multi_token_prediction"})
