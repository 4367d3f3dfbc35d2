"""What single model types have otherwise than the tables in `keys.py`. Tables only."""

from __future__ import annotations

from typing import Any, Final

from .keys import ABSENT, CYCLE

THOROUGH: Final = frozenset(
    """
    deepseek_v2 deepseek_v3 gemma gemma2 glm llama minicpm3 mistral
    mixtral phi3 qwen2 qwen3 qwen3_moe
    """.split()  # noqa: SIM905
)
"""Types with more random models, which together take every value of the tables."""

QWEN3_5_VISION: Final[dict[str, Any]] = {
    "depth": 3,
    "num_heads": 4,
    "hidden_size": 32,
    "intermediate_size": 44,
    "patch_size": 7,
    "temporal_patch_size": 2,
    "spatial_merge_size": 2,
    "out_hidden_size": 80,
    "num_position_embeddings": 25,
}

WHOLE: Final[dict[str, tuple[str, dict[str, Any]]]] = {
    "dots3_note": (
        "Dots3NoteForConditionalGeneration",
        {
            "vision_config": {
                "hidden_size": 36,
                "intermediate_size": 52,
                "num_hidden_layers": 5,
                "num_attention_heads": 3,
                "moe_intermediate_size": 28,
                "num_local_experts": 6,
                "mlp_layer_types": ["dense", "dense", "sparse", "sparse", "sparse"],
                "per_layer_config": {"2": {"num_local_experts": 3}, "3": {"num_local_experts": 4}},
                "adapter_in_dim": 36,
                "adapter_out_dim": 80,
            },
            "audio_config": {
                "hidden_size": 32,
                "intermediate_size": 48,
                "num_hidden_layers": 2,
                "num_attention_heads": 4,
                "feature_size": 20,
                "downsample_hidden_size": 12,
                "adapter_input_size": 32,
                "adapter_out_dim": 80,
            },
        },
    ),
    "mllama": ("MllamaForConditionalGeneration", {}),
    "qwen3_5": ("Qwen3_5ForConditionalGeneration", {"vision_config": QWEN3_5_VISION}),
    "qwen3_5_moe": ("Qwen3_5MoeForConditionalGeneration", {"vision_config": QWEN3_5_VISION}),
}
"""The class of the whole model, where the causal language model leaves a part of it out, and small sizes of that."""

DECODER: Final = {"is_decoder": True}
"""What makes a BERT-like encoder a causal language model with a cache."""

DENSE_FIRST: Final = {"first_k_dense_replace": (0, 2), "moe_layer_freq": (2,)}
FULL_EVERY: Final = {"full_attention_interval": (2, 3)}

UNDECLARED: Final[dict[str, dict[str, tuple[Any, ...]]]] = {
    "axk1": DENSE_FIRST,
    "axk2": DENSE_FIRST,
    "cohere2": {"sliding_window_pattern": (2, 3)},
    "cohere2_moe": {"first_k_dense_replace": (1, 2)},
    "cohere_compass_text": {"sliding_window_pattern": (2, 3)},
    "deepseek_v4": {
        "compress_ratios": ([0, 4, 128, 4, 0],),
        "num_hash_layers": (0, 2),
        "qk_rope_head_dim": (4,),
    },
    "dots3_note_text": DENSE_FIRST
    | {
        "use_dsa": (False,),
        "use_sliding_window": (False,),
        "swa_q_lora_rank": (26,),
        "swa_kv_lora_rank": (30,),
        "swa_qk_nope_head_dim": (8,),
        "swa_v_head_dim": (14,),
    },
    "gemma3_text": {"sliding_window_pattern": (2, 3)},
    "gemma4_text": {"global_head_dim": (24, 28), "num_global_key_value_heads": (2, 8)},
    "gemma4_unified_text": {"global_head_dim": (24, 28), "num_global_key_value_heads": (2, 8)},
    "glm": {"partial_rotary_factor": (0.25, 1.0)},
    "glm_moe_dsa": {"index_topk_freq": (2,), "index_skip_topk_offset": (2,)},
    "gpt_neox": {"rotary_pct": (0.5,)},
    "inkling_text": {"dense_mlp_idx": (1, 2), "dense_intermediate_size": (116,)},
    "kimi_linear": {
        "first_k_dense_replace": (0, 2),
        "linear_attn_config": (
            {
                "head_dim": 16,
                "num_heads": 4,
                "short_conv_kernel_size": 3,
                "full_attn_layers": [2, 5],
                "kda_layers": [1, 3, 4],
            },
        ),
    },
    "lfm2": {"block_ff_dim": (140,)},
    "minimax_m3_vl_text": {"moe_layer_freq": ([0, 1, 0, 1, 1],)},
    "modernbert-decoder": {"global_attn_every_n_layers": (2, 4)},
    "nemotron_h": {"hybrid_override_pattern": ("M*-EM", "*E*E-")},
    "phi3": {"head_dim": (6, 14, 22, None), "partial_rotary_factor": (0.5,)},
    "qwen2": {"head_dim": (6, 14, 22, None)},
    "qwen3_5_moe_text": FULL_EVERY,
    "qwen3_5_text": FULL_EVERY,
    "qwen3_moe": {"head_dim": (6, 14, 22, ABSENT, None)},
    "qwen3_next": FULL_EVERY,
    "qwen4_exp_text": FULL_EVERY,
}
"""Keys that a type's code reads though its config class has no field for them, with values to try."""

MLA: Final = {"head_dim": ABSENT}

VISION: Final = {
    "hidden_size": 32,
    "intermediate_size": 48,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "image_size": 28,
    "patch_size": 14,
}
"""A small image encoder, for the classes that build one beside their language model."""

GEMMA4: Final = {"global_head_dim": 20, "layer_types": CYCLE, "vocab_size_per_layer_input": 131}
GEMMA4_UNIFIED: Final = {"global_head_dim": 20, "layer_types": CYCLE}
ASSISTANT: Final = {"backbone_hidden_size": 96, "text_config.num_kv_shared_layers": 5}
GEMMA4_VISION: Final = {
    "hidden_size": 32,
    "intermediate_size": 48,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 4,
    "head_dim": 8,
    "position_embedding_size": 64,
}

DOTS3_NOTE: Final = {
    "head_dim": 24,
    "swa_num_attention_heads": 4,
    "swa_num_key_value_heads": 4,
    "swa_q_lora_rank": 16,
    "swa_kv_lora_rank": 22,
    "swa_head_dim": 26,
    "swa_qk_nope_head_dim": 12,
    "swa_v_head_dim": 16,
}
QWEN4_EXP: Final = {
    "hc_count": 3,
    "hc_lowrank": 20,
    "ple_layer_ids": [2],
    "ple_embed_dim": 40,
    "ngram_vocab_size_base": 101,
    "heads_per_ngram": 2,
    "make_ngram_vocab_size_divisible_by": 8,
    "split_ngram_parts": 1,
    "indexer_n_heads": 4,
    "indexer_kv_heads": 1,
    "indexer_head_dim": 16,
    "indexer_budget": 4,
    "indexer_compress_ratio": 2,
    "eos_token_id": 1,
    "output_gate_type": "silu",
}

WEIGHTS_ALONE: Final = ("gemma4_assistant", "gemma4_unified_assistant")
"""Types that run on the keys and values of another model only: of theirs, the weights are measured."""

TINY_OF: Final[dict[str, dict[str, Any]]] = {
    "axk1": MLA,
    "axk2": MLA,
    "bailing_hybrid": {"layer_group_size": 3},
    "bamba": {"attn_layer_indices": [1, 3]},
    "blt": {
        "cross_attn_k": 2,
        "encoder_config.num_hidden_layers": 2,
        "decoder_config.num_hidden_layers": 3,
        "encoder_hash_byte_group_size": [3, 4],
        "encoder_hash_byte_group_vocab": 301,
        "encoder_hash_byte_group_nb_functions": 1,
        "global_config.hidden_size": 96,
        "local_attention_window_len": 9,
        "patcher_config.num_hidden_layers": 1,
    },
    "bert": DECODER,
    "bert-generation": DECODER,
    "big_bird": DECODER | {"attention_type": "original_full"},
    "bigbird_pegasus": {"attention_type": "original_full"},
    "camembert": DECODER,
    "codegen": {"rotary_dim": 6, "n_head": 4},
    "cohere_compass_text": {
        "rope_parameters": {
            "full_attention": {"rope_type": "default", "rope_theta": 10000.0},
            "sliding_attention": {"rope_type": "default", "rope_theta": 10000.0},
        }
    },
    "cpmant": {"prompt_length": 6, "prompt_types": 7, "segment_types": 5, "position_bias_num_buckets": 24},
    "data2vec-text": DECODER,
    "dbrx": {"attn_config.rope_theta": 10000.0, "attn_config.clip_qkv": 8.0},
    "deepseek_v2": MLA,
    "deepseek_v32": MLA,
    "deepseek_v4": {
        "head_dim": 16,
        "partial_rotary_factor": 0.5,
        "compress_rates": {"compressed_sparse_attention": 3, "heavily_compressed_attention": 5},
    },
    "dots3_note": {f"text_config.{key}": value for key, value in DOTS3_NOTE.items()},
    "dots3_note_text": DOTS3_NOTE,
    "dory": {"n_input_layers": 1, "n_output_layers": 1},
    "electra": DECODER | {"embedding_size": 44},
    "ernie": DECODER,
    "falcon_h1": {"mamba_d_ssm": 120},
    "gemma3": {"vision_config": VISION, "mm_tokens_per_image": 4},
    "gemma3n": {
        "text_config.layer_types": CYCLE,
        "text_config.num_kv_shared_layers": 2,
        "vision_config": {"hidden_size": 32, "architecture": "mobilenetv3_small_050"},
        "audio_config": {"hidden_size": 32, "conf_num_hidden_layers": 2},
    },
    "gemma3n_text": {"layer_types": CYCLE, "num_kv_shared_layers": 2},
    "gemma4": {f"text_config.{key}": value for key, value in GEMMA4.items()} | {"vision_config": GEMMA4_VISION},
    "gemma4_assistant": ASSISTANT
    | {
        "text_config.model_type": "gemma4_text",
        "text_config.hidden_size_per_layer_input": 0,
        "text_config.vocab_size_per_layer_input": 0,
    },
    "gemma4_text": GEMMA4,
    "gemma4_unified": {
        **{f"text_config.{key}": value for key, value in GEMMA4_UNIFIED.items()},
        "vision_config": {"mm_embed_dim": 80, "output_proj_dims": 80, "patch_size": 4},
        "audio_config": {"audio_embed_dim": 20},
    },
    "gemma4_unified_assistant": ASSISTANT | {"text_config.model_type": "gemma4_unified_text"},
    "gemma4_unified_text": GEMMA4_UNIFIED,
    "git": {"vision_config": VISION},
    "glm4_moe_lite": MLA,
    "glm_moe_dsa": MLA,
    "got_ocr2": {
        "vision_config": {
            "hidden_size": 32,
            "output_channels": 16,
            "num_hidden_layers": 2,
            "num_attention_heads": 4,
            "image_size": 64,
            "window_size": 2,
            "mlp_dim": 48,
        }
    },
    "gpt_neo": {"num_layers": 4, "attention_types": [[["global", "local"], 2]]},
    "gptj": {"rotary_dim": 6},
    "granitemoehybrid": {"layer_types": CYCLE},
    "hrm_text": {"num_layers_per_stack": 2, "num_hidden_layers": ABSENT},
    "hy_v4": MLA,
    "inkling2_loop_text": {
        "n_layers_per_attn_res_block": 2,
        "loop_layer_index_start": 2,
        "loop_layer_index_end": 4,
        "loop_gate_rank": 24,
    },
    "jamba": {"attn_layer_period": 3, "attn_layer_offset": 1},
    "kimi_linear": MLA | {"linear_num_heads": 6, "linear_head_dim": 22},
    "lara_mini": {"layer_types": CYCLE},
    "lfm2": {"layer_types": CYCLE},
    "lfm2_moe": {"layer_types": CYCLE},
    "longcat_flash": MLA,
    "mamba2": {"num_heads": 8, "n_groups": 2, "chunk_size": 4},
    "megatron-bert": DECODER,
    "minicpm3": MLA,
    "minimax_m3_vl_text": {
        "layer_types": CYCLE,
        "mlp_layer_types": CYCLE,
        "index_n_heads": 4,
        "index_block_size": 3,
        "index_topk_blocks": 2,
    },
    "mllama": {"text_config.cross_attention_layers": [1, 3], "vision_config": VISION},
    "moss_transcribe_diarize": {
        "text_config.head_dim": 12,
        "audio_config": {
            "hidden_size": 32,
            "intermediate_size": 48,
            "num_hidden_layers": 2,
            "num_attention_heads": 4,
            "max_source_positions": 50,
        },
    },
    "nemotron_h": {
        "layers_block_type": CYCLE,
        "ssm_state_size": 14,
        "mamba_num_heads": 8,
        "mamba_head_dim": 22,
        "n_groups": 2,
        "chunk_size": 4,
    },
    "persimmon": {"hidden_size": 96},
    "fuyu": {"text_config.hidden_size": 96, "hidden_size": 96},
    "phi": {"hidden_size": 96},
    "phi4_multimodal": {
        "vision_config": VISION | {"crop_size": 28},
        "audio_config": {
            "hidden_size": 32,
            "intermediate_size": 48,
            "num_blocks": 2,
            "num_attention_heads": 4,
            "ext_pw_out_channel": 32,
            "depthwise_separable_out_channel": 32,
            "nemo_conv_channels": 32,
        },
    },
    "prophetnet": {"ngram": 2},
    "qwen3_moe": {"head_dim": 12},
    "qwen4_exp": {f"text_config.{key}": value for key, value in QWEN4_EXP.items()},
    "qwen4_exp_text": QWEN4_EXP,
    "reformer": DECODER
    | {
        "attn_layers": ["local", "lsh", "local", "lsh", "local"],
        "axial_pos_shape": [4, 8],
        "axial_pos_embds_dim": [24, 56],
        "local_attn_chunk_length": 6,
        "lsh_attn_chunk_length": 12,
        "num_buckets": 2,
        "max_position_embeddings": 32,
    },
    "rembert": DECODER | {"input_embedding_size": 36, "output_embedding_size": 44},
    "roberta": DECODER,
    "roberta-prelayernorm": DECODER,
    "roc_bert": DECODER
    | {
        "pronunciation_embed_dim": 36,
        "pronunciation_vocab_size": 91,
        "shape_embed_dim": 44,
        "shape_vocab_size": 97,
    },
    "roformer": DECODER | {"embedding_size": 44},
    "stablelm": {"hidden_size": 128},
    "xlm-roberta": DECODER,
    "xlm-roberta-xl": DECODER,
    "xlstm": {"hidden_size": 128},
    "xmod": DECODER | {"default_language": "en_XX"},
    "youtu": MLA,
    "zamba": {"num_hidden_layers": 7, "attn_layer_period": 2, "attn_layer_offset": 1},
    "zamba2": {"layers_block_type": CYCLE, "chunk_size": 4},
    "zaya": {"num_experts_per_tok": 1},
}
"""What a type's tiny model has otherwise: multi-head latent attention derives `head_dim` by itself."""
