"""Where the product counts otherwise than transformers allocates or torch counts, type by type, each with the reason.

What is not here is equal to the last element and the last FLOP.
"""

from __future__ import annotations

from typing import Final

INCOMPLETE: Final = {
    ("deepseek_v2", "default"): "num_experts_per_tok",
}
"""Cases of configs that transformers itself can't run, and the parameter that they lack."""

FUSED: Final = {
    "phi3": "queries, keys and values are one tensor, gate and up another",
    "glm": "gate and up are one tensor",
    "chatglm": "stands for a type with fused tensors by one whose gate and up are fused",
}
"""Types whose modules join or split tensors otherwise: totals are compared, not shapes."""

FLOPS: Final[dict[str, str]] = {}
"""Types whose FLOPs torch counts otherwise than they are, and the operator that is not or over-counted."""

STEP: Final[dict[str, str]] = {}
"""Types of which a step after a prefill can't be compared, and why."""

CACHE: Final[dict[str, str]] = {}
"""Types whose cache transformers lays out otherwise or does not return, and how."""
