"""Multi-token prediction: what its layers own in transformers' `MtpModel`, and what was published of them.

A causal-LM model never builds these layers; `MtpModel` does, over a main model whose embedding and head it
shares.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from torch.utils.flop_counter import FlopCounterMode
from transformers.cache_utils import MtpCache
from transformers.modeling_layers import MtpModel

from . import cases, measure, store
from .values import RUNS

if TYPE_CHECKING:
    from pathlib import Path

Facts = dict[str, Any]

MODEL_TYPE = "deepseek_v3"

PUBLISHED: Facts = {
    "model": "deepseek-ai/DeepSeek-V3",
    "num_nextn_predict_layers": 1,
    "main_model_parameters": "671B",
    "main_model_active_parameters": "36.7B",
    "embedding_parameters": "0.9B",
    "head_parameters": "0.9B",
    "mtp_unique_parameters": "11.5B",
    "mtp_active_parameters_with_embedding_and_head": "2.4B",
    "mtp_module_on_disk": "14B",
    "checkpoint_on_disk": "685B",
    "note": "11.5B and 2.4B agree with the measured layer without eh_proj (102760448 parameters).",
    "sources": [
        "github.com/deepseek-ai/DeepSeek-V3 README_WEIGHTS.md at 9b4e9788e4a3 (total, unique and active)",
        "github.com/deepseek-ai/DeepSeek-V3 README.md at 9b4e9788e4a3 (685B on disk = 671B + 14B)",
    ],
}

LAYER: Facts = {
    "owns": {
        "enorm": "[hidden_size]",
        "hnorm": "[hidden_size]",
        "eh_proj": "[hidden_size, 2 * hidden_size], no bias",
        "decoder layer": "a mixture-of-experts layer, whatever first_k_dense_replace says",
        "shared_head.norm": "[hidden_size]",
    },
    "shares": ["embed_tokens", "shared_head.head"],
    "stored_again_on_disk": ["embed_tokens", "shared_head.head"],
    "layer_index_on_disk": "num_hidden_layers, ...",
    "sources": [
        "github.com/deepseek-ai/DeepSeek-V3 README_WEIGHTS.md at 9b4e9788e4a3",
        "SGLang 0.5.23: sglang/srt/models/deepseek_nextn.py",
        "transformers 5.24.0: modeling_layers.py (MtpLayer, MtpModel)",
    ],
}

CASES: dict[str, tuple[Facts | None, int]] = {
    "default": (None, 1),
    "tiny": ({}, 1),
    "tiny-two-layers": ({}, 2),
    "tiny-no-q-lora": ({"q_lora_rank": None}, 1),
    "tiny-all-dense": ({"first_k_dense_replace": 9}, 1),
}
"""Changes to the tiny model (None: the class default) and the number of MTP layers."""

OTHERS: dict[str, tuple[str, Facts, int]] = {
    "glm4_moe-tiny": ("glm4_moe", {}, 1),
    "glm4_moe-biases-norms-two-layers": ("glm4_moe", {"attention_bias": True, "use_qk_norm": True}, 2),
}
"""The same of other model types."""

INVENTORIES = ("default", "tiny")
"""The cases that list their weights."""


def case(name: str, changes: Facts | None, layers: int, model_type: str = MODEL_TYPE) -> Facts:
    """What the MTP layers of one config add to the main model."""
    size = {} if changes is None else cases.tiny(model_type) | changes
    raw = {
        "model_type": model_type,
        "architectures": [measure.architecture(model_type)],
        **size,
        "num_nextn_predict_layers": layers,
    }
    main = measure.build(raw, "meta")
    own = {id(weight) for weight in main.parameters()}
    with torch.device("meta"):
        mtp = MtpModel(main, layers)
    added = [(key, weight) for key, weight in mtp.named_parameters() if id(weight) not in own]
    shared = sorted(key for key, weight in mtp.named_parameters() if id(weight) in own)
    facts = {
        "name": name,
        "config": raw,
        **measure.totals(main),
        "mtp_parameters": sum(weight.numel() for _, weight in added),
        "mtp_buffers": sum(buffer.numel() for _, buffer in measure.persistent_buffers(mtp)),
        "shared": shared,
        "shared_parameters": sum(weight.numel() for weight in mtp.parameters() if id(weight) in own),
    }
    if name in INVENTORIES:
        facts["weights"] = measure.shapes(iter(added))
    return facts if changes is None else facts | {"runs": [run(raw, layers, *shape) for shape in RUNS]}


def run(raw: Facts, layers: int, batch: int, seq_len: int) -> Facts:
    """One pass of every MTP layer over a prompt, with logits for all positions."""
    main = measure.build(raw)
    torch.manual_seed(measure.SEED)
    mtp = MtpModel(main, layers).eval()
    cache = MtpCache(config=mtp.config)
    tokens = measure.tokens_of(main, batch, seq_len, measure.SEED)
    positions = torch.arange(1, seq_len + 1).expand(batch, -1)
    hidden = torch.randn(batch, seq_len, raw["hidden_size"])
    layer_flops = head_flops = 0
    for layer in range(layers):
        with torch.no_grad(), FlopCounterMode(display=False) as counter:
            hidden = mtp.forward_layer(layer, hidden, positions, cache, input_ids=tokens)
        layer_flops += counter.get_total_flops()
        with torch.no_grad(), FlopCounterMode(display=False) as counter:
            mtp.shared_head(hidden)
        head_flops += counter.get_total_flops()
    return {
        "batch": batch,
        "seq_len": seq_len,
        "layer_flops": layer_flops,
        "head_flops": head_flops,
        "cache": measure.describe_cache(cache),
    }


def write(folder: Path = store.FACTS) -> None:
    """Write `mtp.json`."""
    rows = [case(name, changes, layers) for name, (changes, layers) in CASES.items()]
    rows += [case(name, changes, layers, model_type) for name, (model_type, changes, layers) in OTHERS.items()]
    store.write("mtp", {"model_type": MODEL_TYPE, "published": PUBLISHED, "layer": LAYER}, "cases", rows, folder)
