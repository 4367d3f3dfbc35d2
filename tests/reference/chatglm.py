"""ChatGLM (glm-4-9b) has no class in transformers: `glm` with equal dimensions stands in for it.

What `glm` cannot say (biases everywhere, LayerNorm, no last norm) is edited in with torch's own modules, and
each case names its edits. The keys mean what they mean in the remote code that the checkpoints carry.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from torch import nn

from . import measure, store
from .values import RANDOM_RUN, RUNS

if TYPE_CHECKING:
    from pathlib import Path

Facts = dict[str, Any]

MODEL_TYPE = "chatglm"
STAND_IN = "glm"

KEYS = {
    "num_layers": "num_hidden_layers",
    "padded_vocab_size": "vocab_size",
    "hidden_size": "hidden_size",
    "ffn_hidden_size": "intermediate_size",
    "num_attention_heads": "num_attention_heads",
    "kv_channels": "head_dim",
    "multi_query_group_num": "num_key_value_heads (num_attention_heads without multi_query_attention)",
    "add_qkv_bias": "attention_bias (also true where add_bias_linear is)",
    "layernorm_epsilon": "rms_norm_eps",
    "seq_length": "max_position_embeddings",
    "tie_word_embeddings": "tie_word_embeddings",
    "rmsnorm": "edit: LayerNorm, with a bias, where false",
    "post_layer_norm": "edit: no last norm where false",
    "add_bias_linear": "edit: biases also on o_proj, gate_up_proj and down_proj where true",
}

DIFFERENCE = (
    "One fused query_key_value weight instead of q_proj, k_proj, v_proj: the same elements and products. "
    "Rotary embedding over half of each head, interleaved in both. dense_h_to_4h is gate_up_proj, "
    "dense_4h_to_h is down_proj. The remote code registers rotary_pos_emb.inv_freq as a persistent "
    "buffer (kv_channels / 4 elements: 32 in glm-4-9b), which loaders skip; glm recomputes it. "
    "Head size: the remote code takes kv_channels, SGLang's model file hidden_size / num_attention_heads; "
    "in glm-4-9b and chatglm3-6b they agree."
)

UNBIASED = (("self_attn", "o_proj"), ("mlp", "gate_up_proj"), ("mlp", "down_proj"))
"""The projections to which `glm` gives no bias, whatever its config says."""

PROOF = {"stand_in": STAND_IN, "difference": DIFFERENCE}

SOURCES = [
    "modeling_chatglm.py and configuration_chatglm.py of the ChatGLM2/3 checkpoints (public copies)",
    "SGLang 0.5.23: sglang/srt/models/chatglm.py, sglang/srt/configs/chatglm.py",
]

TINY: Facts = {
    "model_type": MODEL_TYPE,
    "architectures": ["ChatGLMModel"],
    "num_layers": 5,
    "padded_vocab_size": 131,
    "hidden_size": 80,
    "ffn_hidden_size": 100,
    "kv_channels": 12,
    "num_attention_heads": 8,
    "multi_query_attention": True,
    "multi_query_group_num": 4,
    "seq_length": 64,
    "add_bias_linear": False,
    "add_qkv_bias": True,
    "apply_query_key_layer_scaling": True,
    "apply_residual_connection_post_layernorm": False,
    "attention_dropout": 0.0,
    "attention_softmax_in_fp32": True,
    "bias_dropout_fusion": True,
    "fp32_residual_connection": False,
    "hidden_dropout": 0.0,
    "layernorm_epsilon": 1.5625e-07,
    "original_rope": True,
    "post_layer_norm": True,
    "rmsnorm": True,
    "tie_word_embeddings": False,
    "use_cache": True,
    "torch_dtype": "bfloat16",
}

VARIANTS: dict[str, Facts] = {
    "multi-head": {"multi_query_attention": False},
    "one-group": {"multi_query_group_num": 1, "num_layers": 2},
    "other-sizes": {
        "num_layers": 3,
        "padded_vocab_size": 113,
        "hidden_size": 120,
        "ffn_hidden_size": 76,
        "kv_channels": 20,
        "num_attention_heads": 10,
        "multi_query_group_num": 5,
        "seq_length": 128,
    },
    "no-bias": {"add_qkv_bias": False},
    "all-biases": {"add_bias_linear": True, "add_qkv_bias": False},
    "layer-norm": {"rmsnorm": False},
    "no-last-norm": {"post_layer_norm": False},
    "residual-after-norm": {"apply_residual_connection_post_layernorm": True},
    "tied": {"tie_word_embeddings": True},
    "long-rope": {"rope_ratio": 500, "seq_length": 256},
}


def translate(raw: Facts) -> Facts:
    """The `glm` config with the dimensions of a ChatGLM config."""
    heads = raw["num_attention_heads"]
    return {
        "model_type": STAND_IN,
        "architectures": [measure.architecture(STAND_IN)],
        "num_hidden_layers": raw["num_layers"],
        "vocab_size": raw["padded_vocab_size"],
        "hidden_size": raw["hidden_size"],
        "intermediate_size": raw["ffn_hidden_size"],
        "num_attention_heads": heads,
        "num_key_value_heads": raw["multi_query_group_num"] if raw["multi_query_attention"] else heads,
        "head_dim": raw["kv_channels"],
        "attention_bias": raw["add_qkv_bias"] or raw["add_bias_linear"],
        "rms_norm_eps": raw["layernorm_epsilon"],
        "max_position_embeddings": raw["seq_length"],
        "tie_word_embeddings": raw.get("tie_word_embeddings", False),
        "pad_token_id": 0,
    }


def edits(raw: Facts) -> list[str]:
    """What `glm` cannot say about this config."""
    found = {
        "rmsnorm": raw["rmsnorm"] is False,
        "post_layer_norm": raw["post_layer_norm"] is False,
        "add_bias_linear": raw["add_bias_linear"] is True,
    }
    return [KEYS[key] for key, needed in found.items() if needed]


def build(raw: Facts, device: str = "cpu") -> Any:
    """The stand-in model, edited."""
    model = measure.build(translate(raw), device)
    decoder = model.get_decoder()
    for layer in decoder.layers:
        if raw["add_bias_linear"]:
            for owner, name in UNBIASED:
                module = layer.get_submodule(owner)
                old = getattr(module, name)
                setattr(module, name, nn.Linear(old.in_features, old.out_features, bias=True, device=device))
        if not raw["rmsnorm"]:
            layer.input_layernorm = nn.LayerNorm(raw["hidden_size"], device=device)
            layer.post_attention_layernorm = nn.LayerNorm(raw["hidden_size"], device=device)
    if not raw["post_layer_norm"]:
        decoder.norm = nn.Identity()
    elif not raw["rmsnorm"]:
        decoder.norm = nn.LayerNorm(raw["hidden_size"], device=device)
    return model


def case(name: str, changes: Facts) -> Facts:
    """One ChatGLM config with the stand-in's figures."""
    raw = TINY | changes
    model = build(raw)
    facts = {"name": name, "form": "full", "config": raw, "stand_in": STAND_IN, **measure.totals(model)}
    if changed := edits(raw):
        facts["edits"] = changed
    if changes:
        return facts | {"runs": [measure.run(model, *RANDOM_RUN)]}
    facts |= measure.inventory(model)
    return facts | {"runs": [measure.run(model, *shape, decode=True) for shape in RUNS]}


def write(folder: Path = store.FACTS) -> None:
    """Write `chatglm.json`."""
    rows = [case("tiny", {}), *(case(name, changes) for name, changes in VARIANTS.items())]
    header = {"model_type": MODEL_TYPE, "proof": PROOF, "mapping": KEYS, "sources": SOURCES}
    store.write(MODEL_TYPE, header, "cases", rows, folder)
