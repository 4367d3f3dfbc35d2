"""Which config keys can bear on a model's cost, and the values that the cases give them. Tables only."""

from __future__ import annotations

from typing import Any, Final

ABSENT: Final = "<left to the class>"
PATTERN: Final = "<one random kind per layer>"

COST_FREE: Final = frozenset(
    """
    architectures aux_loss_coef chunk_size_feed_forward dtype id2label init_std initializer_factor
    initializer_range is_encoder_decoder label2id output_hidden_states output_router_logits pretraining_tp
    problem_type return_dict router_aux_loss_coef router_jitter_noise router_z_loss_coef transformers_version
    use_cache
    """.split()  # noqa: SIM905
)
"""Keys of results, training and bookkeeping: not varied, and no default of theirs is recorded."""

COST_FREE_ENDINGS: Final = ("_token_id", "_eps", "_epsilon", "dropout", "drop", "_dropout_prob")

UNDECLARED: Final[dict[str, dict[str, tuple[Any, ...]]]] = {
    "glm": {"partial_rotary_factor": (0.25, 1.0)},
    "phi3": {"head_dim": (6, 14, 22, None), "partial_rotary_factor": (0.5,)},
    "qwen2": {"head_dim": (6, 14, 22, None)},
    "qwen3_moe": {"head_dim": (6, 14, 22, ABSENT, None)},
}
"""Keys that a type's code reads though its config class has no field for them, with values to try."""

TINY: Final[dict[str, Any]] = {
    "vocab_size": 131,
    "hidden_size": 80,
    "intermediate_size": 100,
    "num_hidden_layers": 5,
    "num_attention_heads": 8,
    "num_key_value_heads": 4,
    "head_dim": 12,
    "sliding_window": 9,
    "use_sliding_window": True,
    "max_window_layers": 3,
    "num_experts": 12,
    "num_local_experts": 12,
    "n_routed_experts": 12,
    "num_experts_per_tok": 6,
    "moe_intermediate_size": 28,
    "n_shared_experts": 3,
    "n_group": 2,
    "topk_group": 1,
    "first_k_dense_replace": 1,
    "mlp_only_layers": [1],
    "q_lora_rank": 20,
    "kv_lora_rank": 24,
    "qk_nope_head_dim": 14,
    "qk_rope_head_dim": 10,
    "v_head_dim": 18,
}
"""The tiny model's sizes, pairwise different and from the batch (2); applied where a class has the key."""

TINY_OF: Final[dict[str, dict[str, Any]]] = {
    "deepseek_v2": {"head_dim": ABSENT},
    "minicpm3": {"head_dim": ABSENT},
    "qwen3_moe": {"head_dim": 12},
}
"""What a type's tiny model has otherwise: multi-head latent attention derives `head_dim` by itself."""

RUNS: Final = ((2, 7), (2, 13))
"""(batch, length) of the tiny model's forwards: below and above its window."""

RANDOM_RUN: Final = (3, 11)
"""(batch, length) of the random models' forward: above, at and below their windows."""

ROPE_LINEAR: Final = {"rope_type": "linear", "rope_theta": 5000.0, "factor": 2.0}

CHOICES: Final[dict[str, tuple[Any, ...]]] = {
    "vocab_size": (89, 113, 157),
    "hidden_size": (160, 240),
    "intermediate_size": (52, 76, 140),
    "num_hidden_layers": (1, 2, 3, 4, 6),
    "num_attention_heads": (4, 5, 10),
    "num_key_value_heads": (1, 2, 5, None),
    "head_dim": (6, 14, 22, None),
    "hidden_act": ("gelu", "relu", "gelu_pytorch_tanh"),
    "hidden_activation": ("gelu", "relu", "silu"),
    "max_position_embeddings": (64, 512),
    "original_max_position_embeddings": (32, 64),
    "rope_parameters": (ROPE_LINEAR, {"rope_type": "default", "rope_theta": 700.0}),
    "sliding_window": (4, 11, 64, None),
    "max_window_layers": (0, 1, 28),
    "layer_types": (PATTERN, ABSENT),
    "mlp_layer_types": (PATTERN, ABSENT),
    "num_experts": (4, 6, 8, 16),
    "num_local_experts": (4, 6, 8, 16),
    "n_routed_experts": (4, 6, 8, 16),
    "num_experts_per_tok": (1, 2, 4),
    "moe_intermediate_size": (20, 36, 44),
    "n_shared_experts": (0, 1, 2, None),
    "n_group": (1, 4, None),
    "topk_group": (2, None),
    "topk_method": ("group_limited_greedy", "greedy"),
    "routed_scaling_factor": (1.5,),
    "first_k_dense_replace": (0, 2, 9),
    "decoder_sparse_step": (2, 3),
    "mlp_only_layers": ([], [0, 2], None),
    "num_nextn_predict_layers": (0, 2),
    "q_lora_rank": (26, 34, None),
    "kv_lora_rank": (16, 30),
    "qk_nope_head_dim": (8, 22),
    "qk_rope_head_dim": (6, 16),
    "v_head_dim": (8, 26, None),
    "attn_logit_softcapping": (None, 40.0),
    "final_logit_softcapping": (None, 20.0),
    "query_pre_attn_scalar": (64,),
    "use_bidirectional_attention": (True, False),
    "scale_emb": (1, 3.0),
    "scale_depth": (None, 1.0),
    "dim_model_base": (None, 64),
}
"""Values to try per key, beside the tiny model's own; those a type refuses drop out. Booleans need no row."""

KINDS: Final[dict[str, tuple[str, ...]]] = {
    "layer_types": ("sliding_attention", "full_attention"),
    "mlp_layer_types": ("dense", "sparse"),
}
"""What one layer may be, for the keys whose value is one kind per layer."""

LAYER_COUNTS: Final = ("num_hidden_layers", "num_layers", "n_layer", "n_layers", "decoder_layers")
"""Where a class says how many layers it has, in order of preference."""

DIVIDES: Final = (
    ("num_key_value_heads", "num_attention_heads"),
    ("num_attention_heads", "hidden_size"),
    ("n_group", "n_routed_experts"),
)
"""The first key's value divides the second's."""

AT_MOST: Final = (
    ("num_experts_per_tok", "num_experts"),
    ("num_experts_per_tok", "num_local_experts"),
    ("num_experts_per_tok", "n_routed_experts"),
    ("topk_group", "n_group"),
)
"""The first key's value is at most the second's."""

FOLLOWS: Final = (("num_key_value_heads", "num_attention_heads", "kv_lora_rank"),)
"""The first key has the second's value (or null) in classes that have the third key.

Latent attention runs only with as many key/value heads as heads, though nothing in it has that size.
"""

BELOW_VOCABULARY: Final = ("pad_token_id",)
"""Token ids that must exist: 0 in the tiny model where the class default does not fit its vocabulary."""
