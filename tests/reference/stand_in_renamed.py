"""Stand-ins for types that are a published architecture under another name, or with lists of layers. Tables only."""

from __future__ import annotations

from typing import Any, Final

from . import stand_in_keys as keys
from .stand_in_keys import StandIn

Facts = dict[str, Any]

COMMON: Final[Facts] = {
    "vocab_size": 131,
    "hidden_size": 96,
    "intermediate_size": 100,
    "num_hidden_layers": 5,
    "num_attention_heads": 8,
    "num_key_value_heads": 4,
    "hidden_act": "silu",
    "initializer_range": 0.02,
    "rms_norm_eps": 1e-06,
    "bos_token_id": 1,
    "eos_token_id": 2,
    "pad_token_id": 0,
    "tie_word_embeddings": False,
    "torch_dtype": "bfloat16",
    "use_cache": True,
}

TIED: Final[Facts] = {"tie_word_embeddings": True}


def block(group: int | None, multiple: float) -> Facts:
    """An entry of `block_configs`."""
    attends = {"n_heads_in_group": group, "no_op": group is None, "replace_with_linear": False, "window_length": None}
    return {"attention": attends, "ffn": {"ffn_mult": multiple, "no_op": False, "replace_with_linear": False}}


EXPERTS: Final[Facts] = {
    "num_experts": 12,
    "num_experts_per_tok": 6,
    "num_shared_experts": 3,
    "moe_intermediate_size": 28,
    "first_k_dense_replace": 1,
    "norm_topk_prob": True,
    "use_bias": False,
    "use_qkv_bias": False,
    "norm_head": False,
    "norm_softmax": False,
    "embedding_dropout": 0.0,
    "output_dropout": 0.0,
}

RENAMED: Final = {
    "llama_eagle3": StandIn(
        model_type="llama",
        architecture="LlamaForCausalLMEagle3",
        difference="The target's hidden states, and what takes them in: edited in.",
        source="SGLang 0.5.23: sglang/srt/models/llama_eagle3.py",
        tiny={
            "model_type": "llama",
            "num_hidden_layers": 1,
            "head_dim": 14,
            "draft_vocab_size": 61,
            "eagle_config": {"eagle_aux_hidden_state_layer_ids": [0, 1], "use_aux_hidden_state": True},
        },
        variants={
            "three-layers": {"eagle_config": {}},
            "wide-target": {"target_hidden_size": 192, "num_aux_hidden_states": 4, "norm_before_fc": True},
            "whole-vocabulary": {"draft_vocab_size": None},
        },
        translate=keys.draft,
        edits=keys.draft_edits,
    ),
    "mimo": StandIn(
        model_type="qwen2",
        architecture="MiMoForCausalLM",
        difference="None in the main model, whose class is Qwen2's; prediction modules are not in the stand-in.",
        source="SGLang 0.5.23: sglang/srt/models/mimo.py, mimo_mtp.py",
        tiny={
            "head_dim": 14,
            "attention_bias": True,
            "sliding_window": 12,
            "use_sliding_window": False,
            "max_window_layers": 2,
            "num_nextn_predict_layers": 0,
        },
        variants={"tied": TIED},
        translate=keys.without_modules,
    ),
    "sdar": StandIn(
        model_type="qwen3",
        architecture="SDARForCausalLM",
        difference="The tokens of a block attend to later ones of it too: a mask.",
        source="SGLang 0.5.23: sglang/srt/models/sdar.py",
        tiny={"head_dim": 14, "attention_bias": False, "block_size": 4, "debug": False}
        | {"sliding_window": 12, "use_sliding_window": False, "max_window_layers": 2},
        variants={"biases": {"attention_bias": True}, "tied": TIED},
    ),
    "bailing_moe": StandIn(
        model_type="glm4_moe",
        architecture="BailingMoeForCausalLM",
        difference="Experts chosen by softmax without groups: elementwise; no correction bias unless asked for.",
        source="SGLang 0.5.23: sglang/srt/models/bailing_moe.py",
        tiny=EXPERTS,
        variants={
            "biases": {"use_qkv_bias": True},
            "norms": {"use_qk_norm": True, "head_dim": 14},
            "corrected": {"moe_router_enable_expert_bias": True, "num_shared_experts": 0},
            "all-sparse": {"first_k_dense_replace": 0},
            "tied": TIED,
        },
        translate=lambda raw: keys.ling(raw | {"architectures_norms": False}),
        edits=keys.ling_edits,
    ),
    "llada2_moe": StandIn(
        model_type="glm4_moe",
        architecture="LLaDA2MoeModelLM",
        difference="The tokens of a block attend to later ones of it too: a mask.",
        source="SGLang 0.5.23: sglang/srt/models/llada2.py",
        tiny=EXPERTS
        | {
            "head_dim": 14,
            "moe_router_enable_expert_bias": True,
            "partial_rotary_factor": 0.5,
            "rotary_dim": 7,
            "router_dtype": "fp32",
            "score_function": "sigmoid",
            "use_rmsnorm": True,
        },
        variants={"no-norms": {"use_qk_norm": False}, "uncorrected": {"moe_router_enable_expert_bias": False}},
        translate=lambda raw: keys.ling(raw | {"architectures_norms": True}),
        edits=keys.ling_edits,
    ),
    "minimax_m1": StandIn(
        model_type="minimax",
        architecture="MiniMaxM1ForCausalLM",
        difference="A list of numbers says which layers have softmax attention.",
        source="MiniMaxAI/MiniMax-M1-80k: config.json; transformers' class of MiniMax-01 has the same parts",
        tiny={
            "head_dim": 14,
            "intermediate_size": 28,
            "num_local_experts": 12,
            "num_experts_per_tok": 6,
            "attn_type_list": [0, 1, 0, 0, 1],
            "rotary_dim": 6,
            "postnorm": True,
            "shared_intermediate_size": 0,
        },
        variants={"other-layers": {"attn_type_list": [1, 0, 1, 1, 0]}, "tied": TIED},
        translate=keys.lightning,
    ),
    "phi-msft": StandIn(
        model_type="phi",
        architecture="PhiForCausalLM",
        difference="GPT-2's names of keys; one Wqkv weight in place of three: the same elements.",
        source="microsoft/phi-1_5: config.json at its first and at its later revisions",
        tiny={
            **dict.fromkeys(("hidden_size", "intermediate_size", "num_hidden_layers", "num_attention_heads")),
            **dict.fromkeys(("num_key_value_heads", "hidden_act", "rms_norm_eps", "use_cache")),
            "n_embd": 96,
            "n_layer": 5,
            "n_head": 8,
            "n_positions": 512,
            "rotary_dim": 6,
            "activation_function": "gelu_new",
            "layer_norm_epsilon": 1e-05,
        },
        variants={"grouped": {"n_head_kv": 2, "n_inner": 100}, "other-sizes": {"n_embd": 120, "n_head": 10}},
        translate=keys.gpt_names,
    ),
    "RefinedWeb": StandIn(
        model_type="falcon",
        architecture="RWForCausalLM",
        difference="Names of keys; what the type does is `new_decoder_architecture` later.",
        source="tiiuae/falcon-40b: config.json at its first and at its later revisions",
        tiny={
            **dict.fromkeys(("intermediate_size", "num_hidden_layers", "num_attention_heads", "tie_word_embeddings")),
            **dict.fromkeys(("num_key_value_heads", "hidden_act", "rms_norm_eps")),
            "n_layer": 5,
            "n_head": 8,
            "n_head_kv": 4,
            "alibi": False,
            "bias": False,
            "parallel_attn": True,
            "apply_residual_connection_post_layernorm": False,
        },
        variants={"biases": {"bias": True}, "untied": {"tie_word_embeddings": False}},
        translate=keys.new_decoder,
    ),
    "nemotron-nas": StandIn(
        model_type="llama",
        architecture="DeciLMForCausalLM",
        difference="Layers of different widths, some without attention: edited in.",
        source="SGLang 0.5.23: sglang/srt/models/nemotron_nas.py",
        tiny={
            **dict.fromkeys(("intermediate_size", "num_key_value_heads")),
            "attention_bias": False,
            "mlp_bias": False,
            "block_configs": [block(4, 5.25), block(None, 2.625), block(2, 5.25), block(None, 0.5), block(4, 2.625)],
        },
        variants={"alike": {"block_configs": [block(2, 1.0)] * 5}, "tied": TIED},
        translate=keys.searched,
        edits=keys.searched_edits,
    ),
    "phi3small": StandIn(
        model_type="llama",
        architecture="Phi3SmallForCausalLM",
        difference="Layer norms, edited in; tokens that block-sparse attention leaves out: a mask.",
        source="SGLang 0.5.23: sglang/srt/models/phi3_small.py",
        tiny={
            **dict.fromkeys(("intermediate_size", "rms_norm_eps", "tie_word_embeddings")),
            "hidden_act": "gegelu",
            "ff_intermediate_size": 100,
            "ff_dim_multiplier": None,
            "attention_bias": False,
            "dense_attention_every_n_layers": 2,
            "blocksparse_block_size": 64,
            "gegelu_limit": 20.0,
            "mup_use_scaling": True,
            "rope_embedding_base": 1000000,
            "layer_norm_epsilon": 1e-05,
        },
        variants={"ungrouped": {"num_key_value_heads": 8}, "other-sizes": {"ff_intermediate_size": 76}},
        translate=keys.biased_throughout,
        edits=keys.layer_norms,
    ),
}
RENAMED["llada2_moe_veomni"] = RENAMED["llada2_moe"]
