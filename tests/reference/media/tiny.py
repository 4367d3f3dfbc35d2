"""Tiny models of a type: the class's defaults with few layers and narrow, pictures and patches as the defaults say."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any, Final

import torch
import transformers
from transformers.models.auto.configuration_auto import CONFIG_MAPPING

Raw = dict[str, Any]

TEXT, VISION, AUDIO = 0, 1, 2

SIZES: Final[dict[str, tuple[Any, Any, Any]]] = {
    **dict.fromkeys(("hidden_size", "d_model", "embed_dim", "hidden_dim", "width", "dim", "n_embd"), (48, 32, 40)),
    **dict.fromkeys(
        ("intermediate_size", "ffn_dim", "encoder_ffn_dim", "decoder_ffn_dim", "d_ff", "ffn_hidden_size", "mlp_dim"),
        (52, 44, 36),
    ),
    **dict.fromkeys(
        (
            "num_hidden_layers",
            "num_layers",
            "depth",
            "encoder_layers",
            "decoder_layers",
            "n_layer",
            "num_global_layers",
        ),
        (2, 3, 3),
    ),
    **dict.fromkeys(
        (
            "num_attention_heads",
            "num_heads",
            "attention_heads",
            "encoder_attention_heads",
            "decoder_attention_heads",
            "n_head",
        ),
        (4, 4, 4),
    ),
    **dict.fromkeys(("num_key_value_heads", "num_kv_heads"), (2, 4, 4)),
    "head_dim": (12, 8, 10),
    "vocab_size": (131, 131, 131),
    "num_experts": (4, 4, 4),
    "n_routed_experts": (4, 4, 4),
    "num_local_experts": (4, 4, 4),
    "num_experts_per_tok": (2, 2, 2),
    "moe_intermediate_size": (28, 28, 28),
}
"""What each key of a size becomes in the text's config, a picture's and a sound's."""


def shrink(raw: Raw, kind: int = TEXT) -> Raw:
    """Make the sizes of a config, and of those inside it, tiny."""
    found: Raw = {}
    for key, value in raw.items():
        inside = kind
        if any(word in key for word in ("vision", "image", "vit", "sam", "qformer", "perceiver")):
            inside = VISION
        elif any(word in key for word in ("audio", "speech", "encoder_config")):
            inside = AUDIO
        if isinstance(value, dict):
            found[key] = shrink(value, inside)
        elif key in SIZES and value.__class__ is int:
            found[key] = SIZES[key][kind]
        elif key == "out_hidden_size" and value.__class__ is int:
            found[key] = SIZES["hidden_size"][TEXT]
        elif key == "pad_token_id":
            found[key] = 0
        else:
            found[key] = value
    return found


def derived(raw: Raw) -> Raw:
    """Leave out what a class derives from the number of layers."""
    return {
        key: derived(value) if isinstance(value, dict) else value
        for key, value in raw.items()
        if key not in ("layer_types", "mlp_layer_types", "no_rope_layers", "per_layer_config", "transformers_version")
    }


def merged(raw: Raw, changes: Raw) -> Raw:
    """Return a config with values of ours, whose keys are paths with dots; None leaves a key out."""
    found = json.loads(json.dumps(raw))
    for path, value in changes.items():
        level, *keys = found, *path.split(".")
        for key in keys[:-1]:
            level = level.setdefault(key, {})
        if value == "-":
            level.pop(keys[-1], None)
        else:
            level[keys[-1]] = value
    return found


def config(model_type: str, changes: Raw) -> Raw:
    """Return the tiny raw config of a type."""
    default = json.loads(CONFIG_MAPPING[model_type]().to_json_string(use_diff=False))
    tiny = derived(shrink(default))
    text = tiny.get("text_config", {})
    if "num_experts_per_tok" in text and text["num_experts_per_tok"] is None:
        text["num_experts_per_tok"] = SIZES["num_experts_per_tok"][TEXT]
    return merged(tiny, changes) | {"model_type": model_type}


def build(raw: Raw, architecture: str) -> Any:
    """Return the whole model, in float32 and with plain attention."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "config.json").write_text(json.dumps(raw), encoding="utf-8")
        config = CONFIG_MAPPING[raw["model_type"]].from_pretrained(folder)
    torch.manual_seed(20260501)
    build_from = getattr(transformers, architecture)._from_config
    plain = {"attn_implementation": "eager", "experts_implementation": "eager"}
    model = build_from(config, dtype=torch.float32, **plain)
    return model.eval().requires_grad_(False)
