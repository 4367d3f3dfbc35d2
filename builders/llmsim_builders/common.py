"""What the built-in builders share: the parts that every decoder has."""

from __future__ import annotations

from typing import Final

DECODER_PARAMETERS: Final = ("hidden_size", "num_hidden_layers", "num_attention_heads")

DECODER_COMPONENTS: Final = frozenset(
    {"adapter", "embedding", "head", "mlp", "norm", "position_embedding", "projection", "scale"}
    | {"hyper_connection", "hyper_head", "indexer", "initial_state", "convolved_residual", "scaled_residual"}
    | {"alternating_updates", "per_layer_embedding", "per_layer_input", "retrieved_experts", "stream_projections"}
    | {"attention_residual", "axial_position_embedding", "chunk_attention", "hash_embedding"}
    | {"low_rank_hyper_connection", "ngram_attention", "ngram_input", "patch_attention", "relative_attention"}
)
_STORED: Final = "awq fp8_block fp8_channel fp8_tensor gptq int8_channel mxfp4 nvfp4 packed_int"
QUANTIZED_FEATURES: Final = tuple(f"{scheme}_weights" for scheme in _STORED.split())

DECODER_FEATURES: Final = frozenset(
    {
        "activation",
        "adapter_bias",
        "audio_tower",
        "cross_attention",
        "head_bias",
        "head_spare_bias",
        "layer_norm",
        "logit_softcap",
        "mlp_bias",
        "mlp_norm",
        "no_pre_norm",
        "norm_bias",
        "norm_gate",
        "norm_without_gain",
        "one_token_projection",
        "parallel_mixers",
        "padded_prefill",
        "patch_stacks",
        "plain_mlp",
        "post_norms",
        "predicting_streams",
        "prompt_tokens",
        *QUANTIZED_FEATURES,
        "several_predictions",
        "shared_sublayers",
        "spare_embedding",
        "tied_embeddings",
        "trained_activation",
        "vision_tower",
    }
)

EXPERT_PARAMETERS: Final = ("num_experts", "num_experts_per_tok", "moe_intermediate_size")
EXPERT_FEATURES: Final = frozenset(
    {
        "dense_layers",
        "expert_activation",
        "expert_bias",
        "experts_output_bias",
        "expert_scales",
        "identity_experts",
        "token_table",
        "latent_experts",
        "plain_experts",
        "router_bias",
        "router_network",
        "router_norm",
        "score_correction_bias",
        "scored_shared_experts",
        "shared_expert_gate",
        "shared_experts",
    }
)

MTP_COMPONENTS: Final = frozenset({"next_token_input"})
MTP_FEATURES: Final = frozenset({"multi_token_prediction"})
