"""Which class of transformers stands in for each model type of remote code, and how. Tables only."""

from __future__ import annotations

from typing import Any, Final

from . import stand_in_keys as keys
from .stand_in_encoders import ENCODERS
from .stand_in_keys import StandIn
from .stand_in_renamed import RENAMED, TIED
from .stand_in_served import SERVED
from .stand_in_texts import TEXTS

Facts = dict[str, Any]

OTHER_SIZES: Final[Facts] = {
    "vocab_size": 113,
    "hidden_size": 120,
    "intermediate_size": 76,
    "num_hidden_layers": 3,
    "num_attention_heads": 10,
    "num_key_value_heads": 2,
}


STAND_INS: Final = (
    RENAMED
    | ENCODERS
    | SERVED
    | TEXTS
    | {
        "kimi_k2": StandIn(
            model_type="deepseek_v3",
            architecture="DeepseekV3ForCausalLM",
            difference="None: the checkpoint carries DeepSeek-V3's code.",
            source="SGLang 0.5.23 runs the architecture as deepseek_v2.py; moonshotai/Kimi-K2-Instruct: config.json",
            tiny={
                "num_key_value_heads": 8,
                "q_lora_rank": 20,
                "kv_lora_rank": 24,
                "qk_nope_head_dim": 14,
                "qk_rope_head_dim": 10,
                "v_head_dim": 18,
                "n_routed_experts": 12,
                "num_experts_per_tok": 6,
                "n_shared_experts": 3,
                "moe_intermediate_size": 28,
                "first_k_dense_replace": 1,
                "moe_layer_freq": 1,
                "n_group": 1,
                "topk_group": 1,
                "num_nextn_predict_layers": 0,
                "attention_bias": False,
                "scoring_func": "sigmoid",
                "topk_method": "noaux_tc",
            },
            variants={"tied": TIED, "other-sizes": OTHER_SIZES | {"num_key_value_heads": 10}},
        ),
        "internlm2": StandIn(
            model_type="llama",
            architecture="InternLM2ForCausalLM",
            difference="One wqkv weight in place of three, w1, w2 and w3 for gate, down and up: the same elements.",
            source="SGLang 0.5.23: sglang/srt/models/internlm2.py",
            tiny={"bias": False, "pretraining_tp": 1},
            variants={"biases": {"bias": True}, "other-sizes": OTHER_SIZES, "tied": TIED},
            translate=keys.biased,
        ),
        "internlm": StandIn(
            model_type="llama",
            architecture="InternLMForCausalLM",
            difference="None but names.",
            source="SGLang 0.5.23: sglang/srt/models/llama.py, which reads `bias` for internlm-7b",
            tiny={"num_key_value_heads": None, "bias": True, "rotary": {"base": 10000, "type": "dynamic"}},
            variants={"no-bias": {"bias": False}, "other-sizes": OTHER_SIZES | {"num_key_value_heads": 10}},
            translate=keys.biased,
        ),
        "baichuan": StandIn(
            model_type="llama",
            architecture="BaichuanForCausalLM",
            difference="One W_pack weight in place of three; ALiBi in the 13B models: elementwise; a normalised head.",
            source="SGLang 0.5.23: sglang/srt/models/baichuan.py",
            tiny={
                "num_key_value_heads": None,
                "model_max_length": 4096,
                "z_loss_weight": 0,
                "_from_model_config": True,
            },
            variants={"tied": TIED, "rotary": {"hidden_size": 4096, "num_hidden_layers": 1}},
        ),
        "minicpm": StandIn(
            model_type="llama",
            architecture="MiniCPMForCausalLM",
            difference="Scalars on embeddings, residuals and logits.",
            source="SGLang 0.5.23: sglang/srt/models/minicpm.py",
            tiny={
                "scale_emb": 12,
                "scale_depth": 1.4,
                "dim_model_base": 256,
                "mup_denominator": 32,
                "attention_bias": False,
            },
            variants={"biases": {"attention_bias": True}, "other-sizes": OTHER_SIZES, "tied": TIED},
        ),
        "exaone": StandIn(
            model_type="llama",
            architecture="ExaoneForCausalLM",
            difference="c_fc_0, c_fc_1 and c_proj for gate, up and down: the same elements.",
            source="SGLang 0.5.23: sglang/srt/models/exaone.py, sglang/srt/configs/exaone.py",
            tiny={
                "num_hidden_layers": None,
                "num_layers": 5,
                "hidden_act": None,
                "activation_function": "silu",
                "head_dim": 14,
                "embed_dropout": 0.0,
                "layer_norm_epsilon": 1e-05,
                "rms_norm_eps": None,
            },
            variants={
                "tied": TIED,
                "four-times": {"intermediate_size": None},
                "biases": {"attention_bias": True, "mlp_bias": True},
            },
            translate=keys.exaone,
        ),
        "xverse": StandIn(
            model_type="llama",
            architecture="XverseForCausalLM",
            difference="None but names.",
            source="SGLang 0.5.23: sglang/srt/models/xverse.py",
            tiny={"num_key_value_heads": None, "max_tokenizer_truncation": 6144},
            variants={"grouped": {"num_key_value_heads": 2}, "tied": TIED},
        ),
        "PanguEmbedded": StandIn(
            model_type="llama",
            architecture="PanguEmbeddedForCausalLM",
            difference="None but names.",
            source="vLLM 0.33.0: vllm/model_executor/models/openpangu.py; PanguEmbeddedConfig of the checkpoints",
            tiny={"bias": True},
            variants={"no-bias": {"bias": False}, "other-sizes": OTHER_SIZES, "tied": TIED},
            translate=keys.biased,
        ),
        "telechat": StandIn(
            model_type="llama",
            architecture="TeleChat2ForCausalLM",
            difference="One weight of keys and values; biases of the last projections, edited in.",
            source="vLLM 0.33.0: vllm/model_executor/models/telechat2.py",
            tiny=dict.fromkeys(("num_hidden_layers", "num_attention_heads", "num_key_value_heads", "intermediate_size"))
            | {"n_layer": 5, "n_head": 8, "ffn_hidden_size": 100, "flash_attn": True},
            variants={"other-sizes": {"ffn_hidden_size": 76, "n_layer": 3}, "tied": TIED},
            translate=keys.telechat,
            edits=keys.last_biases,
        ),
        "telechat3": StandIn(
            model_type="llama",
            architecture="TeleChat3ForCausalLM",
            difference="None.",
            source="vLLM 0.33.0: vllm/model_executor/models/registry.py: llama, LlamaForCausalLM",
            tiny={"attention_bias": False, "mlp_bias": False},
            variants={"biases": {"attention_bias": True, "mlp_bias": True}, "tied": TIED},
        ),
        "step1": StandIn(
            model_type="llama",
            architecture="Step1ForCausalLM",
            difference="Distances in place of rotary positions: elementwise.",
            source="vLLM 0.33.0: vllm/model_executor/models/step1.py",
            tiny={"num_key_value_heads": None, "num_attention_groups": 2},
            variants={"one": {"num_attention_groups": None}, "biases": {"attention_bias": True}, "tied": TIED},
            translate=keys.groups,
        ),
        "orion": StandIn(
            model_type="llama",
            architecture="OrionForCausalLM",
            difference="Layer norms, edited in.",
            source="SGLang 0.5.23: sglang/srt/models/orion.py",
            tiny={"pretraining_tp": 1, "max_sequence_length": 4096},
            variants={"other-sizes": OTHER_SIZES, "tied": TIED},
            edits=keys.layer_norms,
        ),
        "qwen": StandIn(
            model_type="qwen2",
            architecture="QWenLMHeadModel",
            difference="One c_attn weight in place of three, w1 and w2 for up and gate: the same elements.",
            source="SGLang 0.5.23: sglang/srt/models/qwen.py",
            tiny={
                "num_key_value_heads": None,
                "hidden_act": None,
                "rms_norm_eps": None,
                "intermediate_size": 200,
                "kv_channels": 12,
                "layer_norm_epsilon": 1e-06,
                "no_bias": True,
                "rotary_pct": 1.0,
                "rotary_emb_base": 10000,
                "seq_length": 2048,
                "scale_attn_weights": True,
                "use_dynamic_ntk": True,
                "use_logn_attn": True,
                "use_flash_attn": "auto",
                "attn_dropout_prob": 0.0,
                "emb_dropout_prob": 0.0,
                "bf16": True,
                "fp16": False,
                "fp32": False,
                "onnx_safe": None,
            },
            variants={"biases": {"no_bias": False}, "tied": TIED, "odd": {"intermediate_size": 151}},
            translate=keys.qwen,
            edits=keys.qwen_edits,
        ),
        "deepseek": StandIn(
            model_type="glm4_moe",
            architecture="DeepseekForCausalLM",
            difference="Experts chosen by softmax without groups: elementwise; no correction bias, edited out.",
            source="SGLang 0.5.23: sglang/srt/models/deepseek.py",
            tiny={
                "n_routed_experts": 12,
                "num_experts_per_tok": 6,
                "n_shared_experts": 3,
                "moe_intermediate_size": 28,
                "first_k_dense_replace": 1,
                "moe_layer_freq": 1,
                "attention_bias": False,
                "norm_topk_prob": False,
                "scoring_func": "softmax",
            },
            variants={"biases": {"attention_bias": True}, "two-dense": {"first_k_dense_replace": 2}, "tied": TIED},
            translate=keys.deepseek,
            edits=keys.deepseek_edits,
        ),
        "hunyuan": StandIn(
            model_type="hunyuan_v1_moe",
            architecture="HunYuanMoEV1ForCausalLM",
            difference="None: the class has no lists of widths and of shared experts; all layers are alike in them.",
            source="SGLang 0.5.23: sglang/srt/models/hunyuan.py; tencent/Hunyuan-A13B-Instruct: config.json",
            tiny={
                "attention_head_dim": 14,
                "num_experts": 12,
                "moe_topk": [6, 1, 2, 2, 6],
                "moe_intermediate_size": [100] * 5,
                "num_shared_expert": [1] * 5,
                "attention_bias": False,
                "use_qk_norm": True,
                "use_mixed_mlp_moe": True,
                "use_cla": False,
            },
            variants={"biases": {"attention_bias": True}, "one-top-k": {"moe_topk": 3}, "tied": TIED},
            translate=keys.hunyuan,
        ),
    }
)
