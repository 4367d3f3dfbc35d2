"""Tensor by tensor: what a rank stores, grouped by what it is for, by SGLang's names and by ours.

SGLang fuses matrices that this package has one by one, and keeps shared experts among the routed ones, so that groups
are compared: of each the bytes on a rank, apart by the size of an element and by scales or not; where nothing is fused,
by the elements of one tensor as well.
"""

from __future__ import annotations

import re
from collections import Counter
from math import prod
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from llmsim_adapters.spec.dtypes import BITS

if TYPE_CHECKING:
    from collections.abc import Iterable

    import llmsim_adapters as la

GROUPS: Final = (
    ("embedding", r"^embedding\.", r"(embed_tokens|word_embeddings|wte)\.weight", False),
    ("head", r"^head\.(weight|bias)", r"lm_head\.", False),
    ("scales of caches", r"\.cache_scales$", r"\.[kv]_scale$", True),
    ("indexer", r"\.indexer\.", r"\.indexer\.", True),
    ("corrections of scores", r"\.score_correction_bias", r"e_score_correction_bias|\.expert_bias", False),
    ("gate of shared experts", r"\.shared_expert_gate", r"\.shared_expert_gate\.", False),
    ("router", r"\.router", r"\.(gate|router|router\.layer)\.(weight|bias)$", False),
    (
        "results of experts",
        r"experts\.down_proj",
        r"experts\.(w2_|\S+\.down_proj)|\.shared_(experts?|mlp)\.down_proj|ffn\.w2s",
        True,
    ),
    (
        "inputs of experts",
        r"experts\.(gate_up|gate|up)_proj",
        r"experts\.(w13_|\S+\.gate_up_proj)|\.shared_(experts?|mlp)\.(gate_up|up)_proj|ffn\.ws",
        True,
    ),
    ("results of networks", r"^mlp\.down_proj", r"(^|\.)(mlp|feed_forward)\.(down_proj|c_proj|w2)\.", False),
    ("inputs of networks", r"^mlp\.(gate|up)_proj", r"(^|\.)(mlp|feed_forward)\.(gate_up_proj|w1|w3)\.", True),
    ("convolutions", r"\.conv(1d)?\.", r"conv1d\.|\.conv_weight", True),
    ("states", r"\.(A_log|D|dt_bias)$", r"\.(A_log|A|D|dt_bias)$", False),
    ("sinks", r"\.sinks", r"\.sinks", False),
    ("results of mixers", r"\.(o|out)_proj", r"\.(o_proj|out_proj|attention\.dense|attn\.c_proj)\.", False),
    (
        "inputs of mixers",
        r"_proj(\.bias|_scale)?$",
        r"\.(\w+_proj(_\w+)?|Wqkv|query_key_value|c_attn)\.",
        True,
    ),
    ("norms", r"norm", r"norm|\.ln_", False),
)
"""What a tensor is for: the names by which we and SGLang have it, and whether some of it is fused; the first holds."""

_BYTES: Final = {"float32": 4, "int32": 4, "int64": 8, "bfloat16": 2, "float16": 2}


class Key(NamedTuple):
    """What is compared: a group, whether it is scales, the bytes of an element, the elements of a tensor."""

    group: str
    scales: bool
    element: int
    elements: int


def _group(name: str, side: int) -> tuple[str, bool]:
    for row in GROUPS:
        if re.search(str(row[side]), name):
            return str(row[0]), bool(row[3])
    return name, False


_TOWERS: Final = re.compile(r"^(model\.)?(visual|vision_tower|vision_model|audio_tower|multi_modal_projector)\.")


def theirs(tensors: Iterable[Any]) -> Counter[Key]:
    """Return the bytes of each group of a tensor list of SGLang."""
    found: Counter[Key] = Counter()
    for name, shape, dtype, count in tensors:
        group, fused = ("towers", True) if _TOWERS.match(name) else _group(name, 2)
        element = _BYTES.get(dtype, 1)
        found[Key(group, "scale" in name, element, 0 if fused else prod(shape))] += prod(shape) * count * element
    return found


def ours(weights: Iterable[la.Weight]) -> Counter[Key]:
    """Return the bytes of each group of the weights that one rank stores."""
    found: Counter[Key] = Counter()
    for weight in weights:
        if weight.stack == "mtp" or not weight.rank_elements:
            continue
        group, fused = ("towers", True) if weight.stack in ("vision", "audio") else _group(weight.name, 1)
        element = max(1, BITS[weight.rank_dtype or weight.dtype] // 8)
        each = 0 if fused else weight.rank_elements // weight.count
        found[Key(group, weight.name.endswith(("_scale", "_scales")), element, each)] += weight.rank_bytes
    return found
