"""Stand-ins for types that vLLM alone registers. Tables only."""

from __future__ import annotations

from typing import Any, Final

import torch
from torch import nn
from transformers.models.glm4_moe import modeling_glm4_moe

from . import stand_in_keys as keys
from .stand_in_keys import StandIn
from .stand_in_renamed import EXPERTS, TIED

Facts = dict[str, Any]

LATENT: Final[Facts] = {
    "num_key_value_heads": 8,
    "q_lora_rank": 20,
    "kv_lora_rank": 24,
    "qk_nope_head_dim": 14,
    "qk_rope_head_dim": 10,
    "v_head_dim": 18,
}

PANGU: Final[Facts] = {
    "n_routed_experts": 12,
    "num_experts_per_tok": 6,
    "n_shared_experts": 3,
    "moe_intermediate_size": 28,
    "first_k_dense_replace": 1,
    "n_group": 1,
    "topk_group": 1,
    "num_nextn_predict_layers": 0,
    "router_enable_expert_bias": True,
    "sandwich_norm": True,
}


def param2(raw: Facts) -> Facts:
    """Ling's keys; the width of all shared experts together is said, or follows."""
    width = raw.get("moe_shared_expert_intermediate_size") or 0
    shared = width // raw["moe_intermediate_size"] or raw["num_shared_experts"]
    return keys.ling(raw | {"architectures_norms": True, "num_shared_experts": shared})


def param2_edits(model: Any, raw: Facts) -> list[str]:
    """The output of attention has a bias of its own."""
    return keys.ling_edits(model, raw) + (keys.output_biases(model) if raw["use_bias"] else [])


def windows(raw: Facts) -> Facts:
    """PLaMo's names for Gemma's keys."""
    names = {"window_size": "sliding_window", "hidden_act": "hidden_activation"}
    made = {names.get(key, key): value for key, value in raw.items() if key != "sliding_window_pattern"}
    every = raw["sliding_window_pattern"]
    kinds = ["sliding_attention" if (i + 1) % every else "full_attention" for i in range(raw["num_hidden_layers"])]
    return made | {"layer_types": kinds, "query_pre_attn_scalar": raw["head_dim"]}


def chunks(raw: Facts) -> Facts:
    """Chunks that the sequences of a case do not go beyond: all tokens."""
    kinds = ["full_attention"] * raw["num_hidden_layers"]
    return {key: value for key, value in raw.items() if key != "sliding_window"} | {"layer_types": kinds}


class Between(nn.Module):
    """A mixer with a norm behind it."""

    def __init__(self, mixer: nn.Module, size: int) -> None:
        super().__init__()
        self.mixer, self.norm = mixer, nn.RMSNorm(size)

    def forward(self, *args: Any, **rest: Any) -> Any:
        out = self.mixer(*args, **rest)
        return (self.norm(out[0]), *out[1:]) if isinstance(out, tuple) else self.norm(out)


def sandwiched(model: Any, raw: Facts) -> list[str]:
    """Norms behind attention and network, biases of dense networks, no correction bias unless asked for."""
    decoder, edits = model.get_decoder(), []
    if not raw.get("router_enable_expert_bias"):
        edits += keys.deepseek_edits(model, {"attention_bias": False})
    if raw.get("mlp_bias"):
        for layer in decoder.layers[: raw["first_k_dense_replace"]]:
            for name in ("gate_proj", "up_proj", "down_proj"):
                keys.add_bias(layer.mlp, name)
        edits.append("biases of dense networks")
    if raw.get("sandwich_norm"):
        device = decoder.norm.weight.device
        for layer in decoder.layers:
            layer.self_attn = Between(layer.self_attn, raw["hidden_size"]).to(device)
            layer.mlp = Between(layer.mlp, raw["hidden_size"]).to(device)
        edits.append("norms behind attention and network")
    return edits


def compressed(raw: Facts) -> Facts:
    """GLM-4.5 with one head of keys and values, whose numbers of dense layers a list says."""
    own = ("share_q_dim", "moe_layers_enum", "share_expert_dim", "moe_num_experts", "moe_top_k")
    made = {key: value for key, value in raw.items() if key not in own}
    sparse = [int(i) for i in raw["moe_layers_enum"].split(",")]
    return made | {
        "num_key_value_heads": 1,
        "n_routed_experts": raw["moe_num_experts"],
        "num_experts_per_tok": raw["moe_top_k"],
        "n_shared_experts": raw["share_expert_dim"] // raw["moe_intermediate_size"],
        "first_k_dense_replace": min(sparse),
        "use_qk_norm": False,
        "n_group": 1,
        "topk_group": 1,
    }


def compressed_edits(model: Any, raw: Facts) -> list[str]:
    """Queries by way of fewer numbers."""
    hidden, rank = raw["hidden_size"], raw.get("share_q_dim") or raw["head_dim"]
    edits = keys.deepseek_edits(model, {"attention_bias": False})
    for layer in model.get_decoder().layers:
        attends = layer.self_attn
        device, width = attends.q_proj.weight.device, attends.q_proj.out_features
        down = nn.Linear(hidden, rank, bias=False, device=device)
        up = nn.Linear(rank, width, bias=False, device=device)
        attends.q_proj = nn.Sequential(down, nn.RMSNorm(rank, device=device), up)
    return [*edits, "compressed queries"]


def pro(raw: Facts) -> Facts:
    """GLM-4.5 with norms of keys where there are trained ones, whose heads are of two parts."""
    sinks = raw["param_sink_number"]
    own = ("param_sink_number", "param_sink_with_value", "qk_nope_dim", "qk_rope_dim", "v_channels", "qkv_bias")
    made = {key: value for key, value in raw.items() if key not in own}
    size = raw["qk_nope_dim"] + raw["qk_rope_dim"] if sinks else raw["head_dim"]
    biased = raw.get("qkv_bias", raw.get("attention_bias", False))
    return made | {"head_dim": size, "use_qk_norm": bool(sinks), "attention_bias": biased}


def pro_edits(model: Any, raw: Facts) -> list[str]:
    """Trained keys and values that stand before those of the tokens; queries are not normalised."""
    edits = [*(keys.output_biases(model) if raw.get("attention_bias") else ()), *sandwiched(model, raw)]
    count, heads = raw["param_sink_number"], raw["num_key_value_heads"]
    if not count:
        return edits
    size = raw["qk_nope_dim"] + raw["qk_rope_dim"]
    for attends in [each for each in model.modules() if hasattr(each, "q_norm")]:
        device = attends.q_norm.weight.device
        attends.q_norm = nn.Identity()
        attends.sink_keys = nn.Parameter(torch.zeros(heads, count, size, device=device))
        if raw["param_sink_with_value"]:
            attends.sink_values = nn.Parameter(torch.zeros(heads, count, size, device=device))
    modeling_glm4_moe.eager_attention_forward = _with_sinks
    return [*edits, "trained keys", "no norms of queries"]


def _with_sinks(
    module: nn.Module, query: Any, key: Any, value: Any, attention_mask: Any, scaling: float, **rest: Any
) -> tuple[Any, Any]:
    """Attention to trained keys, and to their values where they have any, and to the tokens."""
    sinks = getattr(module, "sink_keys", None)
    if sinks is None:
        return _eager(module, query, key, value, attention_mask, scaling, **rest)
    groups, count = module.num_key_value_groups, sinks.shape[1]
    keys_of, values_of = (each.repeat_interleave(groups, 1) for each in (key, value))
    scores = torch.matmul(query, keys_of.transpose(2, 3)) * scaling
    scores = scores if attention_mask is None else scores + attention_mask
    trained = torch.matmul(query, sinks.repeat_interleave(groups, 0).transpose(1, 2)[None]) * scaling
    shares = torch.softmax(torch.cat((trained, scores), -1), -1)
    out = torch.matmul(shares[..., count:], values_of)
    if hasattr(module, "sink_values"):
        out = out + torch.matmul(shares[..., :count], module.sink_values.repeat_interleave(groups, 0)[None])
    return out.transpose(1, 2).contiguous(), shares


_eager = modeling_glm4_moe.eager_attention_forward

SERVED: Final = {
    "param2moe": StandIn(
        model_type="glm4_moe",
        architecture="Param2MoEForCausalLM",
        difference="None but names: Ling's layers.",
        source="vLLM 0.33.0: vllm/model_executor/models/param2moe.py",
        tiny=EXPERTS
        | {
            "head_dim": 14,
            "moe_router_enable_expert_bias": True,
            "moe_shared_expert_intermediate_size": 56,
            "n_group": 2,
            "topk_group": 1,
            "num_nextn_predict_layers": 0,
            "partial_rotary_factor": 1.0,
            "routed_scaling_factor": 2.5,
            "router_dtype": "fp32",
            "score_function": "sigmoid",
            "use_qk_norm": True,
            "use_rmsnorm": True,
        },
        variants={
            "joint-width": {"moe_shared_expert_intermediate_size": None},
            "no-norms": {"use_qk_norm": False},
            "uncorrected": {"moe_router_enable_expert_bias": False},
            "biases": {"use_qkv_bias": True, "use_bias": True},
            "tied": TIED,
        },
        translate=param2,
        edits=param2_edits,
    ),
    "plamo3": StandIn(
        model_type="gemma3_text",
        architecture="Plamo3ForCausalLM",
        difference="Another activation; embeddings that are not scaled: elementwise.",
        source="vLLM 0.33.0: vllm/model_executor/models/plamo3.py; Plamo3Config of the checkpoints",
        tiny={"head_dim": 14, "window_size": 9, "sliding_window_pattern": 3, "rope_local_theta": 10000},
        variants={
            "other-layers": {"sliding_window_pattern": 2},
            "all-full": {"sliding_window_pattern": 1},
            "tied": TIED,
        },
        translate=windows,
    ),
    "step3_text": StandIn(
        model_type="glm4_moe",
        architecture="Step3TextForCausalLM",
        difference="Experts chosen otherwise: elementwise; compressed queries, edited in.",
        source="vLLM 0.33.0: vllm/model_executor/models/step3_text.py",
        tiny={
            "num_key_value_heads": None,
            "num_attention_groups": 1,
            "head_dim": 14,
            "share_q_dim": 36,
            "moe_layers_enum": "2,3,4",
            "moe_num_experts": 12,
            "moe_top_k": 6,
            "moe_intermediate_size": 28,
            "share_expert_dim": 56,
            "norm_expert_weight": False,
        },
        variants={"narrow": {"share_q_dim": 20}, "one-dense": {"moe_layers_enum": "1,2,3,4"}, "tied": TIED},
        translate=compressed,
        edits=compressed_edits,
    ),
    "pangu_ultra_moe": StandIn(
        model_type="deepseek_v3",
        architecture="PanguUltraMoEForCausalLM",
        difference="Experts without groups: elementwise; further norms, edited in.",
        source="vLLM 0.33.0: vllm/model_executor/models/openpangu.py",
        tiny=LATENT | PANGU,
        variants={
            "no-further-norms": {"sandwich_norm": False},
            "uncorrected": {"router_enable_expert_bias": False},
            "biases": {"mlp_bias": True},
            "tied": TIED,
        },
        edits=sandwiched,
    ),
    "pangu_pro_moe_v2": StandIn(
        model_type="glm4_moe",
        architecture="PanguProMoEV2ForCausalLM",
        difference="Experts without groups: elementwise; trained keys and further norms, edited in.",
        source="vLLM 0.33.0: vllm/model_executor/models/openpangu.py",
        tiny=PANGU
        | {
            "param_sink_number": 3,
            "param_sink_with_value": False,
            "qk_nope_dim": 8,
            "qk_rope_dim": 6,
            "v_channels": 14,
        },
        variants={
            "values": {"param_sink_with_value": True},
            "biases": {"attention_bias": True, "mlp_bias": True},
            "no-trained-keys": {"param_sink_number": 0, "head_dim": 12, "sandwich_norm": False},
            "tied": TIED,
        },
        translate=pro,
        edits=pro_edits,
    ),
    "rnj1": StandIn(
        model_type="gemma3_text",
        architecture="Rnj1ForCausalLM",
        difference="Chunks of tokens in place of a window that slides: masks.",
        source="vLLM 0.33.0: vllm/model_executor/models/rnj1.py",
        tiny={
            "model_type": "gemma3_text",
            "head_dim": 14,
            "hidden_act": None,
            "hidden_activation": "gelu_pytorch_tanh",
            "layer_types": ["full_attention"] * 5,
            "query_pre_attn_scalar": 14,
            "attention_bias": False,
            "sliding_window": 24,
        },
        variants={"chunks": {"layer_types": [*["chunked_attention"] * 3, *["full_attention"] * 2]}, "tied": TIED},
        translate=chunks,
    ),
}
