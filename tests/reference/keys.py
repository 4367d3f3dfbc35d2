"""Which config keys can bear on a model's cost, what they are called, and how they are tied. Tables only."""

from __future__ import annotations

from typing import Final

ABSENT: Final = "<left to the class>"
PATTERN: Final = "<one random kind per layer>"
CYCLE: Final = "<each kind in turn>"

COST_FREE: Final = frozenset(
    """
    apply_spec_augment architectures asm audio_chunk_size autocast_kernel_dtype aux_loss_coef axial_norm_std
    begin_suppress_tokens bi_data boi_token_index chunk_size_feed_forward clamp_len classifier_activation
    classifier_bias classifier_proj_size dropout_p dtype embed_init_std embedding_initializer_range
    encoder_no_repeat_ngram_size end_n_top eoa_token_index eoi_token_index eps hash_seed id2label
    image_token_index inference_state_dtype init_device init_std initializer_cutoff_factor initializer_factor
    initializer_range input_jitter_noise is_encoder_decoder label2id lambda_std_dev lang_id
    learnable_sink_init linear_a_log_max linear_a_log_min linear_dt_init_floor linear_dt_max linear_dt_min
    mamba_ssm_cache_dtype mask_feature_length mask_feature_min_masks mask_feature_prob mask_index
    mask_time_length mask_time_min_masks mask_time_prob median_filter_width moe_norm_min
    mtp_loss_scaling_factor norm_reduction_force_float32 num_logits_to_keep output_hidden_states
    output_router_logits pretraining_tp problem_type residual_in_fp32 return_dict router_aux_loss_coef
    router_jitter_noise router_z_loss_coef start_n_top summary_activation summary_proj_to_labels summary_type
    summary_use_proj suppress_tokens time_step_floor time_step_init_scheme time_step_limit time_step_max
    time_step_min transformers_version unk_index use_cache use_mamba_kernels use_mem_eff_path
    vocabulary_map w_init_variance_scale z_loss_coefficient
    """.split()  # noqa: SIM905
)
"""Keys of results, training and bookkeeping: not varied, and no default of theirs is recorded."""

COST_FREE_ENDINGS: Final = ("_token_id", "_eps", "_epsilon", "dropout", "drop", "_dropout_prob")

LIKE: Final[dict[str, str]] = {
    "d_model": "hidden_size",
    "n_embd": "hidden_size",
    "emb_dim": "hidden_size",
    "decoder_ffn_dim": "intermediate_size",
    "ffn_dim": "intermediate_size",
    "n_inner": "intermediate_size",
    "dff": "intermediate_size",
    "dim_ff": "intermediate_size",
    "d_inner": "intermediate_size",
    "ffn_hidden_size": "intermediate_size",
    "dense_intermediate_size": "intermediate_size",
    "decoder_layers": "num_hidden_layers",
    "num_decoder_layers": "num_hidden_layers",
    "n_layer": "num_hidden_layers",
    "n_layers": "num_hidden_layers",
    "num_layers": "num_hidden_layers",
    "decoder_attention_heads": "num_attention_heads",
    "num_decoder_attention_heads": "num_attention_heads",
    "attention_heads": "num_attention_heads",
    "n_head": "num_attention_heads",
    "n_heads": "num_attention_heads",
    "num_heads": "num_attention_heads",
    "num_kv_heads": "num_key_value_heads",
    "kv_n_heads": "num_key_value_heads",
    "dim_head": "head_dim",
    "d_head": "head_dim",
    "kv_channels": "head_dim",
    "activation": "hidden_act",
    "activation_function": "hidden_act",
    "afn": "hidden_act",
    "ff_activation": "hidden_act",
    "mlp_hidden_act": "hidden_act",
    "hidden_mamba_act": "hidden_act",
    "mamba_hidden_act": "hidden_act",
    "moe_num_experts": "num_experts",
    "moe_k": "num_experts_per_tok",
    "moe_top_k": "num_experts_per_tok",
    "moe_topk": "num_experts_per_tok",
    "num_experts_per_token": "num_experts_per_tok",
    "top_k_experts": "num_experts_per_tok",
    "moe_num_shared_experts": "n_shared_experts",
    "num_shared_experts": "n_shared_experts",
    "num_dense_layers": "first_k_dense_replace",
    "num_expert_group": "n_group",
    "expert_ffn_hidden_size": "moe_intermediate_size",
    "shared_experts_intermediate_size": "shared_expert_intermediate_size",
    "moe_shared_expert_intermediate_size": "shared_expert_intermediate_size",
    "sliding_window_size": "sliding_window",
    "attention_window_size": "sliding_window",
    "window_size": "sliding_window",
    "local_attention": "sliding_window",
    "max_seq_len": "max_position_embeddings",
    "mamba_ngroups": "mamba_n_groups",
    "n_ctx": "max_position_embeddings",
}
"""Other names for the keys of these tables, in classes that use them."""

PARTS: Final = (
    "text_config",
    "decoder",
    "attn_config",
    "ffn_config",
    "encoder_config",
    "decoder_config",
    "global_config",
    "patcher_config",
)
"""Configs inside a config whose keys bear on the language model: written `text_config.hidden_size` here."""

DIVIDES: Final = (
    ("num_key_value_heads", "num_attention_heads"),
    ("num_attention_heads", "hidden_size"),
    ("n_group", "n_routed_experts"),
    ("n_group", "num_experts"),
    ("linear_num_key_heads", "linear_num_value_heads"),
    ("swa_num_key_value_heads", "swa_num_attention_heads"),
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

PART_TYPES: Final = {
    "gemma4_assistant": {"text_config": "gemma4_text"},
    "gemma4_unified_assistant": {"text_config": "gemma4_unified_text"},
}
"""The model type of a part that may be of any, where the default config cannot tell since it is refused."""
