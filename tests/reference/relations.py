"""How the keys of single model types are tied to each other, and what their layers may be. Tables only."""

from __future__ import annotations

from typing import Any, Final

HYBRID: Final = ("linear_attention", "full_attention")
DSA_KINDS: Final = ("indexed_attention",)
HYBRID_MIXERS: Final = ("hybrid", "hybrid_sliding")

HEADS_OF_160: Final[dict[Any, dict[str, Any]]] = {
    16: {"hidden_size": 80, "mamba_expand": 2, "mamba_n_heads": 10},
    32: {"hidden_size": 80, "mamba_expand": 2, "mamba_n_heads": 5},
}

TOGETHER: Final[dict[str, dict[str, dict[Any, dict[str, Any]]]]] = {
    "bamba": {"mamba_d_head": HEADS_OF_160},
    "cohere2_moe": {
        "prefix_dense_intermediate_size": {116: {"first_k_dense_replace": 2}},
        "prefix_dense_sliding_window_pattern": {2: {"first_k_dense_replace": 3}},
    },
    "falcon": {
        "multi_query": {False: {"num_kv_heads": None}},
        "num_ln_in_parallel_attn": {
            1: {"new_decoder_architecture": True, "parallel_attn": True},
            2: {"new_decoder_architecture": True, "parallel_attn": True},
        },
    },
    "falcon_h1": {
        "mamba_d_head": {
            12: {"mamba_d_ssm": 120, "mamba_n_heads": 10},
            24: {"mamba_d_ssm": 120, "mamba_n_heads": 5},
        }
    },
    "granitemoehybrid": {"mamba_d_head": HEADS_OF_160},
    "gpt_neo": {
        "num_layers": {
            2: {"attention_types": [[["local", "global"], 1]]},
            6: {"attention_types": [[["global"], 2], [["local"], 4]]},
        }
    },
    "hrm_text": {"num_hidden_layers": {3: {"num_layers_per_stack": None}}},
    "inkling2_loop_text": {"loop_layer_index_end": {6: {"num_hidden_layers": 6, "layer_types": None}}},
    "internlm3": {"attention_bias": {True: {"mlp_bias": True}}, "mlp_bias": {True: {"attention_bias": True}}},
    "reformer": {"hidden_size": {160: {"axial_pos_embds_dim": [64, 96]}}},
    "xlstm": {"embedding_dim": {256: {"hidden_size": None}}, "num_blocks": {3: {"num_hidden_layers": None}}},
    "zamba": {"attention_hidden_size": {96: {"attention_head_dim": 12, "num_attention_heads": 8}}},
}
"""What must change along with a key's value: the key, its values, and the others' values."""

FOLLOWS_OF: Final[dict[str, dict[str, str]]] = {
    "blt": {
        "decoder_config.cross_attn_k": "cross_attn_k",
        "decoder_config.hidden_size": "encoder_config.hidden_size",
        "decoder_config.hidden_size_global": "global_config.hidden_size",
        "decoder_config.vocab_size": "vocab_size",
        "encoder_config.cross_attn_k": "cross_attn_k",
        "encoder_config.hidden_size_global": "global_config.hidden_size",
        "encoder_config.vocab_size": "vocab_size",
        "patcher_config.vocab_size": "vocab_size",
    },
    "dbrx": {"ffn_config.hidden_size": "d_model"},
    "dots3_note": {
        "audio_config.adapter_out_dim": "text_config.hidden_size",
        "vision_config.adapter_out_dim": "text_config.hidden_size",
    },
    "fuyu": {"hidden_size": "text_config.hidden_size"},
    "longcat_flash": {"head_dim": "qk_rope_head_dim"},
    "minimax_m3_vl_text": {"index_n_heads": "num_key_value_heads"},
}
"""Keys that must have another's value."""

QUOTIENTS_OF: Final[dict[str, dict[str, tuple[tuple[str, ...], str]]]] = {
    "helium": {"head_dim": (("hidden_size",), "num_attention_heads")},
    "mamba2": {"head_dim": (("hidden_size", "expand"), "num_heads")},
    "xlnet": {"d_head": (("d_model",), "n_head")},
}
"""Keys that must be the product of the first keys' values over the second's."""

KINDS_OF: Final[dict[str, dict[str, tuple[str, ...]]]] = {
    "axk2": {"layer_types": DSA_KINDS},
    "bailing_hybrid": {"layer_types": HYBRID},
    "bamba": {"layer_types": HYBRID},
    "deepseek_v32": {"layer_types": DSA_KINDS},
    "deepseek_v4": {
        "layer_types": ("compressed_sparse_attention", "heavily_compressed_attention", "sliding_attention"),
        "mlp_layer_types": ("hash_moe", "moe"),
    },
    "dots3_note": {"layer_types": ("indexed_attention", "sliding_attention")},
    "dots3_note_text": {"layer_types": ("indexed_attention", "sliding_attention")},
    "glm_moe_dsa": {"layer_types": DSA_KINDS},
    "hy_v4": {"layer_types": DSA_KINDS},
    "inkling2_loop_text": {"layer_types": HYBRID_MIXERS},
    "inkling2_text": {"layer_types": HYBRID_MIXERS},
    "inkling_text": {"layer_types": HYBRID_MIXERS},
    "granitemoehybrid": {"layer_types": HYBRID},
    "jamba": {"layer_types": HYBRID},
    "kimi_linear": {"layer_types": HYBRID},
    "gemma3n": {"layer_types": ("sliding_attention", "full_attention")},
    "lara_mini": {"layer_types": ("linear_attention", "full_attention", "sliding_attention")},
    "lfm2": {"layer_types": ("conv", "full_attention")},
    "lfm2_moe": {"layer_types": ("conv", "full_attention")},
    "lfm3": {"layer_types": ("conv", "full_attention", "sliding_attention")},
    "llama4": {"layer_types": ("chunked_attention", "full_attention")},
    "llama4_text": {"layer_types": ("chunked_attention", "full_attention")},
    "minimax": {"layer_types": HYBRID},
    "minimax_m3_vl_text": {"layer_types": ("minimax_m3_sparse", "full_attention")},
    "nemotron_h": {"layers_block_type": ("linear_attention", "moe", "full_attention", "mlp")},
    "olmo_hybrid": {"layer_types": HYBRID},
    "qwen3_5": {"layer_types": HYBRID},
    "qwen3_5_moe": {"layer_types": HYBRID},
    "qwen3_5_moe_text": {"layer_types": HYBRID},
    "qwen3_5_text": {"layer_types": HYBRID},
    "qwen3_next": {"layer_types": HYBRID},
    "qwen4_exp": {"layer_types": ("linear_attention", "indexed_attention")},
    "qwen4_exp_text": {"layer_types": ("linear_attention", "indexed_attention")},
    "zamba": {"layers_block_type": ("linear_attention", "hybrid")},
    "zamba2": {"layers_block_type": ("linear_attention", "hybrid")},
    "zaya": {"layer_types": HYBRID_MIXERS},
}
"""What one layer of a type may be, where `KINDS` does not say it."""
