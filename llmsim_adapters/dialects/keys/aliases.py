"""The alias table: every spelling of a canonical parameter that published configs use, with its origin.

A canonical name is the most common spelling. A spelling that means one thing everywhere stands here; one that
means something else in a family (`intermediate_size` of Mixtral is the size of one expert) stands in that type's
dialect, which wins.
"""

from __future__ import annotations

from typing import Final, NamedTuple


class Alias(NamedTuple):
    """One spelling, and the model family or library that uses it."""

    spelling: str
    origin: str


ALIASES: Final[dict[str, tuple[Alias, ...]]] = {
    "vocab_size": (Alias("padded_vocab_size", "ChatGLM"), Alias("n_vocab", "GPT-J, MPT")),
    "hidden_size": (
        Alias("n_embd", "GPT-2, GPT-J, BLOOM"),
        Alias("d_model", "MPT, T5, OPT"),
        Alias("model_dim", "OpenELM"),
        Alias("dim", "DistilBERT"),
        Alias("n_embed", "BLOOM"),
    ),
    "num_hidden_layers": (
        Alias("num_layers", "ChatGLM, GPT-Neo"),
        Alias("n_layer", "GPT-2, BLOOM"),
        Alias("n_layers", "MPT, DBRX"),
    ),
    "num_attention_heads": (
        Alias("n_head", "GPT-2, BLOOM"),
        Alias("n_heads", "MPT, DBRX"),
        Alias("num_heads", "GPT-Neo, T5"),
        Alias("attention_heads", "XGLM"),
    ),
    "num_key_value_heads": (
        Alias("multi_query_group_num", "ChatGLM"),
        Alias("num_kv_heads", "Falcon"),
        Alias("n_kv_heads", "DBRX, Llama reference code"),
        Alias("n_head_kv", "Falcon"),
        Alias("kv_n_heads", "DBRX attn_config"),
        Alias("num_attention_groups", "Step 3.5"),
    ),
    "head_dim": (
        Alias("kv_channels", "ChatGLM, JetMoE"),
        Alias("d_head", "XLNet"),
        Alias("attention_head_dim", ""),
    ),
    "intermediate_size": (
        Alias("ffn_hidden_size", "ChatGLM, DBRX"),
        Alias("n_inner", "GPT-2, GPT-J"),
        Alias("ffn_dim", "OPT"),
        Alias("d_ff", "T5"),
        Alias("dff", "CTRL"),
        Alias("block_ff_dim", "LFM2"),
    ),
    "hidden_act": (
        Alias("hidden_activation", "Gemma"),
        Alias("activation_function", "GPT-2, OPT"),
        Alias("activation", "Falcon, DistilBERT"),
        Alias("afn", "GPT"),
    ),
    "max_position_embeddings": (Alias("n_positions", "GPT-2, GPT-J"),),
    "partial_rotary_factor": (Alias("rotary_pct", "GPT-NeoX"),),
    "sliding_window": (
        Alias("sliding_window_size", "Gemma 2"),
        Alias("attention_window_size", "RecurrentGemma"),
    ),
    "attention_bias": (Alias("use_attention_bias", ""), Alias("use_bias", "StarCoder2, Cohere")),
    "qkv_bias": (Alias("add_qkv_bias", "ChatGLM"), Alias("use_qkv_bias", "StableLM")),
    "mlp_bias": (Alias("use_mlp_bias", ""),),
    "qk_norm": (Alias("use_qk_norm", "Cohere, GLM-4.5"), Alias("qk_layernorm", "Persimmon, Phi")),
    "attn_logit_softcapping": (Alias("attention_logit_cap", ""),),
    "num_experts": (
        Alias("num_local_experts", "Mixtral, Phi-3.5-MoE"),
        Alias("n_routed_experts", "DeepSeek"),
        Alias("num_routed_experts", ""),
        Alias("moe_num_experts", "DBRX, ERNIE"),
    ),
    "num_experts_per_tok": (
        Alias("num_experts_per_token", "Kimi K3"),
        Alias("moe_topk", "Hunyuan"),
        Alias("moe_top_k", "DBRX"),
        Alias("moe_k", "ERNIE"),
        Alias("num_experts_per_topk", ""),
    ),
    "moe_intermediate_size": (
        Alias("expert_intermediate_size", ""),
        Alias("moe_ffn_hidden_size", "Megatron"),
    ),
    "num_shared_experts": (Alias("n_shared_experts", "DeepSeek"), Alias("num_shared_expert", "Hunyuan")),
    "layer_types": (Alias("layers_block_type", "Bamba, Nemotron-H, Zamba"),),
    "state_size": (Alias("mamba_d_state", "Jamba, Bamba"), Alias("ssm_state_size", "Nemotron-H")),
    "conv_kernel": (Alias("mamba_d_conv", "Jamba, Bamba"),),
    "mamba_expand": (Alias("expand", "Mamba"),),
    "time_step_rank": (Alias("mamba_dt_rank", "Jamba"),),
    "mamba_num_heads": (Alias("mamba_n_heads", "Bamba"),),
    "mamba_head_dim": (Alias("mamba_d_head", "Bamba"), Alias("mamba_headdim", "Zamba2")),
    "mamba_n_groups": (Alias("n_groups", "Mamba-2"), Alias("mamba_ngroups", "Zamba2")),
    "mamba_chunk_size": (Alias("chunk_size", "Mamba-2"),),
    "mamba_conv_bias": (Alias("use_conv_bias", "Mamba"),),
    "num_nextn_predict_layers": (
        Alias("num_mtp_layers", "transformers 5"),
        Alias("mtp_num_hidden_layers", "Qwen3-Next"),
    ),
    "dtype": (Alias("torch_dtype", "transformers 4"), Alias("model_dtype", "VILA")),
    "quantization_config": (Alias("compression_config", "compressed-tensors"),),
}


def spellings() -> dict[str, str]:
    """Return the canonical name of every spelling in the table, canonical ones included."""
    table = {name: name for name in ALIASES}
    for name, aliases in ALIASES.items():
        for alias in aliases:
            table[alias.spelling] = name
    return table


CANONICAL: Final = spellings()
