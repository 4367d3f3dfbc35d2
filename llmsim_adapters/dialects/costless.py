"""Keys that can't change any figure, each with the reason.

What nobody read and what is not here is an unread key, a gap. A reason says why the key has no weights, no matrix
product and no cache behind it; "unused" is none. Dictionaries here are costless with everything inside.
"""

from __future__ import annotations

from typing import Final

_IDENTITY: Final = "names the checkpoint or the software, no architecture"
_TRAINING: Final = "training only"
_GENERATION: Final = "steers generation, not the network"
_TOKENS: Final = "token ids"
_OUTPUTS: Final = "which results are returned"
_ELEMENTWISE: Final = "a scalar or an elementwise operation: no weights, no matrix product"
_ANGLES: Final = "rotation angles of rotary embeddings: tables that are computed, elementwise"
_LIMIT: Final = "bounds the context; rotary positions have no table of weights"
_POOLING: Final = "a pooling head for classification, which no language model has"
_ROUTING: Final = "how experts are chosen and weighted, not how many or how large they are"
_RUNTIME: Final = "how the same network is executed or stored by one library"
_TIME_STEPS: Final = "initial values of a state space's time steps and their bounds: elementwise"

COSTLESS: Final[dict[str, str]] = {
    **dict.fromkeys(
        (
            "_name_or_path",
            "name_or_path",
            "transformers_version",
            "_commit_hash",
            "auto_map",
            "custom_pipelines",
            "license",
            "language",
            "model_name",
            "tokenizer_class",
            "task_specific_params",
            "finetuning_task",
            "id2label",
            "label2id",
            "num_labels",
            "problem_type",
            "tags",
        ),
        _IDENTITY,
    ),
    **dict.fromkeys(
        (
            "activation_dropout",
            "attention_dropout",
            "attn_pdrop",
            "aux_loss_alpha",
            "dropout",
            "embd_pdrop",
            "embed_dropout",
            "embedding_dropout",
            "emb_pdrop",
            "resid_dropout",
            "hidden_dropout",
            "classifier_dropout",
            "hidden_dropout_prob",
            "attention_probs_dropout_prob",
            "initializer_range",
            "initializer_factor",
            "init_std",
            "layerdrop",
            "resid_pdrop",
            "rescale_prenorm_residual",
            "residual_dropout",
            "router_aux_loss_coef",
            "router_jitter_noise",
            "router_z_loss_coef",
            "seq_aux",
            "gradient_checkpointing",
            "bias_dropout_fusion",
            "pretraining_tp",
        ),
        _TRAINING,
    ),
    **dict.fromkeys(
        (
            "bad_words_ids",
            "begin_suppress_tokens",
            "cache_implementation",
            "cross_attention_hidden_size",
            "diversity_penalty",
            "do_sample",
            "early_stopping",
            "encoder_no_repeat_ngram_size",
            "exponential_decay_length_penalty",
            "forced_bos_token_id",
            "forced_eos_token_id",
            "generation_config",
            "is_decoder",
            "is_encoder_decoder",
            "length_penalty",
            "max_length",
            "max_new_tokens",
            "min_length",
            "no_repeat_ngram_size",
            "num_beam_groups",
            "num_beams",
            "num_return_sequences",
            "prefix",
            "remove_invalid_values",
            "repetition_penalty",
            "suppress_tokens",
            "temperature",
            "tie_encoder_decoder",
            "top_k",
            "top_p",
            "typical_p",
            "use_cache",
        ),
        _GENERATION,
    ),
    **dict.fromkeys(
        (
            "boi_token_index",
            "bos_token_id",
            "decoder_start_token_id",
            "eod_token_id",
            "eoi_token_index",
            "eos_token_id",
            "image_token_id",
            "image_token_index",
            "pad_token_id",
            "sep_token_id",
            "cls_token_id",
            "unk_token_id",
            "video_token_id",
            "vision_end_token_id",
            "vision_start_token_id",
        ),
        _TOKENS,
    ),
    **dict.fromkeys(
        ("output_attentions", "output_hidden_states", "output_router_logits", "output_scores", "return_dict"),
        _OUTPUTS,
    ),
    **dict.fromkeys(
        (
            "attention_softmax_in_fp32",
            "apply_query_key_layer_scaling",
            "attention_multiplier",
            "embedding_multiplier",
            "fp32_residual_connection",
            "layer_norm_eps",
            "layer_norm_epsilon",
            "layernorm_epsilon",
            "logit_scale",
            "logits_scaling",
            "norm_eps",
            "norm_epsilon",
            "query_pre_attn_scalar",
            "reorder_and_upcast_attn",
            "residual_multiplier",
            "scale_attention_softmax_in_fp32",
            "scale_attn_by_inverse_layer_idx",
            "scale_attn_weights",
            "scale_embedding",
            "rms_norm_eps",
        ),
        _ELEMENTWISE,
    ),
    **dict.fromkeys(
        (
            "mrope_section",
            "original_max_position_embeddings",
            "original_rope",
            "rope_interleave",
            "rope_local_base_freq",
            "rope_parameters",
            "rope_ratio",
            "rope_scaling",
            "rope_theta",
            "rotary_base",
            "rotary_emb_base",
            "use_mrope",
        ),
        _ANGLES,
    ),
    **dict.fromkeys(
        (
            "summary_activation",
            "summary_first_dropout",
            "summary_proj_to_labels",
            "summary_type",
            "summary_use_proj",
        ),
        _POOLING,
    ),
    **dict.fromkeys(("max_position_embeddings", "max_sequence_length", "model_max_length", "seq_length"), _LIMIT),
    **dict.fromkeys(
        (
            "n_group",
            "norm_topk_prob",
            "num_expert_group",
            "routed_scaling_factor",
            "scoring_func",
            "topk_group",
            "topk_method",
        ),
        _ROUTING,
    ),
    **dict.fromkeys(
        (
            "_attn_implementation",
            "_attn_implementation_autoset",
            "_flash_attn_2_enabled",
            "attn_implementation",
            "chunk_size_feed_forward",
            "ep_size",
            "torchscript",
            "use_bfloat16",
            "use_flash_attn",
            "use_return_dict",
        ),
        _RUNTIME,
    ),
    **dict.fromkeys(
        (
            "time_step_floor",
            "time_step_init_scheme",
            "time_step_limit",
            "time_step_max",
            "time_step_min",
            "time_step_scale",
        ),
        _TIME_STEPS,
    ),
    **dict.fromkeys(("residual_in_fp32",), _ELEMENTWISE),
    **dict.fromkeys(("num_logits_to_keep", "use_associative_scan", "use_mamba_kernels", "use_mambapy"), _RUNTIME),
}
