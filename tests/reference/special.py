"""The values to try for the keys that only single model types have, or that must differ there. Tables only."""

from __future__ import annotations

from typing import Any, Final

from .keys import ABSENT, PATTERN

DIRECTIONS: Final[dict[str, tuple[Any, ...]]] = {"use_bidirectional_attention": ("all", "vision")}
GEMMA4: Final[dict[str, tuple[Any, ...]]] = DIRECTIONS | {"vocab_size_per_layer_input": (173,)}

QWEN4_EXP: Final[dict[str, tuple[Any, ...]]] = {
    "hc_count": (2, 4),
    "hc_lowrank": (12, 16),
    "heads_per_ngram": (4, 5),
    "hidden_act": ("gelu", "relu"),
    "indexer_budget": (2, 6),
    "indexer_compress_ratio": (1, 4),
    "indexer_head_dim": (20, 24),
    "indexer_n_heads": (2, 8),
    "make_ngram_vocab_size_divisible_by": (16,),
    "ngram_size": (2, 5),
    "ngram_vocab_size_base": (57, 211),
    "output_gate_type": ("sigmoid",),
    "ple_conv_kernel_size": (3, 5),
    "ple_embed_dim": (24, 56),
    "ple_layer_ids": ([1], [1, 3], []),
    "split_ngram_parts": (2, 4),
}

CHOICES_OF: Final[dict[str, dict[str, tuple[Any, ...]]]] = {
    "big_bird": {"attention_type": ("block_sparse",), "num_random_blocks": (2,)},
    "bigbird_pegasus": {"attention_type": ("block_sparse",), "num_random_blocks": (2,)},
    "cohere2_moe": {
        "expert_selection_fn": ("sigmoid",),
        "prefix_dense_intermediate_size": (116,),
        "prefix_dense_sliding_window_pattern": (2,),
        "shared_expert_combination_strategy": ("sum",),
    },
    "dbrx": {"ffn_act_fn": ({"name": "gelu"},)},
    "dory": {
        "n_input_layers": (2,),
        "n_output_layers": (2,),
        "n_recurrent_loops": (1, 3),
        "num_hidden_layers": (4, 6),
        "recurrent_kv_cache_mode": ("last_loop",),
        "rope_parameters": (
            {
                "full_attention": {"rope_type": "default", "rope_theta": 700.0},
                "sliding_attention": {"rope_type": "linear", "rope_theta": 5000.0, "factor": 2.0},
            },
        ),
    },
    "fuyu": {"num_channels": (1,), "patch_size": (15,)},
    "gemma3n": {"num_hidden_layers": (4, 6)},
    "gemma3n_text": {"intermediate_size": (52, [52, 76, 100, 140, 60]), "num_hidden_layers": (4, 6)},
    "hyperclovax": {"attention_multiplier": (0.2,)},
    "inkling_text": {
        "log_scaling_n_floor": (16,),
        "mtp_local_layer_ids": ([0],),
        "num_mtp_layers": (1,),
    },
    "laguna": {
        "moe_router_logit_softcapping": (30.0,),
        "num_attention_heads_per_layer": ([8, 4, 8, 4, 8], ABSENT),
    },
    "git": {"num_image_with_embedding": (2,)},
    "marian": {"decoder_vocab_size": (97,)},
    "mimo_v2_flash": {"num_attention_heads": (16,)},
    "qwen4_exp": QWEN4_EXP,
    "qwen4_exp_text": QWEN4_EXP,
    "recurrent_gemma": {
        "block_types": (["attention", "recurrent"], ["recurrent", "recurrent", "attention", "attention"])
    },
    "reformer": {
        "attn_layers": (["lsh", "local", "local", "lsh", "local"],),
        "axial_pos_shape": ([8, 4],),
        "hidden_size": (160,),
        "local_attn_chunk_length": (8,),
        "lsh_attn_chunk_length": (8,),
        "local_num_chunks_after": (1,),
        "local_num_chunks_before": (0,),
        "lsh_num_chunks_after": (1,),
        "lsh_num_chunks_before": (0,),
        "num_hashes": (2,),
    },
    "xlnet": {"mem_len": (4,), "reuse_len": (2,), "attn_type": ("uni",)},
    "stablelm": {"hidden_size": (64, 192), "num_attention_heads": (4, 16)},
    "trocr": {"cross_attention_hidden_size": (36,)},
    "whisper": {"max_source_positions": (60,), "max_target_positions": (64, 96), "num_mel_bins": (40,)},
    "xlm": {"n_langs": (2,)},
    "codegen": {"n_head": (8, 16), "rotary_dim": (4, 8)},
    "deepseek_v4": {
        "head_dim": (24, 32),
        "scoring_func": ("sigmoid", "softmax"),
        "index_head_dim": (24, 32),
        "compress_rates": (
            {"compressed_sparse_attention": 2, "heavily_compressed_attention": 4},
            {"compressed_sparse_attention": 4, "heavily_compressed_attention": 8},
        ),
    },
    "gemma4": GEMMA4
    | {
        "vision_config": (
            {
                "hidden_size": 40,
                "intermediate_size": 56,
                "num_hidden_layers": 3,
                "num_attention_heads": 4,
                "num_key_value_heads": 2,
                "head_dim": 16,
                "patch_size": 4,
                "position_embedding_size": 36,
                "use_clipped_linears": True,
                "standardize": True,
            },
        ),
        "audio_config": (
            {
                "hidden_size": 32,
                "num_hidden_layers": 2,
                "num_attention_heads": 4,
                "conv_kernel_size": 3,
                "subsampling_conv_channels": [16, 12],
                "output_proj_dims": 44,
                "use_clipped_linears": False,
            },
            {"hidden_size": 48, "num_hidden_layers": 3, "num_attention_heads": 8, "output_proj_dims": 28},
        ),
    },
    "gemma4_text": GEMMA4,
    "gemma4_unified": DIRECTIONS,
    "gemma4_unified_text": DIRECTIONS,
    "hrm_text": {"num_layers_per_stack": (1, 3), "num_hidden_layers": (3,)},
    "falcon_h1": {
        "mamba_d_head": (12, 24),
        "mamba_d_ssm": (100, 200),
        "mlp_multipliers": ([0.5, 2.0],),
        "ssm_multipliers": ([0.5, 2.0, 0.5, 2.0, 0.5],),
    },
    "bamba": {"mamba_d_head": (16, 32)},
    "blt": {
        "cross_attn_k": (1, 3),
        "encoder_hash_byte_group_size": ([3], [2, 3, 5]),
        "encoder_hash_byte_group_vocab": (211,),
        "encoder_hash_byte_group_nb_functions": (2,),
        "local_attention_window_len": (4,),
        "max_patch_length": (3,),
        "patch_size": (2,),
        "patching_threshold": (4.0,),
    },
    "granitemoehybrid": {"mamba_d_head": (16, 32)},
    "inkling2_loop_text": {
        "loop_gate_rank": (12,),
        "loop_layer_index_end": (6,),
        "loop_num_passes": (1, 2),
        "n_layers_per_attn_res_block": (1,),
        "num_hidden_layers": (4, 6),
        "swa_num_key_value_heads": (1,),
    },
    "inkling2_text": {"swa_num_key_value_heads": (1,)},
    "mllama": {"num_hidden_layers": (4, 6)},
    "nemotron_h": {
        "mamba_num_heads": (4, 12),
        "mamba_head_dim": (14, 18),
        "layers_block_type": (PATTERN,),
        "mlp_hidden_act": ("silu", "gelu"),
    },
    "gpt_neo": {"num_layers": (2, 6), "attention_types": ([[["global"], 4]],)},
    "xlstm": {"embedding_dim": (256,), "num_blocks": (3,), "hidden_size": (256,), "num_heads": (4, 2)},
    "zamba": {
        "attention_hidden_size": (96,),
        "layers_block_type": (PATTERN, ABSENT),
        "num_hidden_layers": (6, 8),
    },
    "zamba2": {"layers_block_type": (PATTERN,)},
    "zaya": {"num_experts_per_tok": ()},
}
"""The values to try where a type needs others than `CHOICES` has."""
