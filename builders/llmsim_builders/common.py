"""What the built-in builders share: the parts that every decoder has."""

from __future__ import annotations

from typing import Final

DECODER_PARAMETERS: Final = ("hidden_size", "num_hidden_layers", "num_attention_heads")

DECODER_COMPONENTS: Final = frozenset({"embedding", "norm", "mlp", "head"})
DECODER_FEATURES: Final = frozenset(
    {
        "activation",
        "head_bias",
        "layer_norm",
        "logit_softcap",
        "mlp_bias",
        "norm_bias",
        "plain_mlp",
        "post_norms",
        "quantized_weights",
        "tied_embeddings",
    }
)

ATTENTION_FEATURES: Final = frozenset(
    {
        "attention_bias",
        "attention_output_bias",
        "attention_softcap",
        "bidirectional_attention",
        "mixed_attention",
        "partial_rotary",
        "qk_norm",
        "sliding_window",
    }
)

EXPERT_PARAMETERS: Final = ("num_experts", "num_experts_per_tok", "moe_intermediate_size")
EXPERT_FEATURES: Final = frozenset({"dense_layers", "expert_activation", "score_correction_bias", "shared_experts"})

MTP_COMPONENTS: Final = frozenset({"next_token_input"})
MTP_FEATURES: Final = frozenset({"multi_token_prediction"})
