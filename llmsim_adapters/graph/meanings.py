"""The unit of each figure of a graph, and of what it is."""

from __future__ import annotations

from typing import Final, Literal, TypeAlias

Scope: TypeAlias = Literal["model", "rank", "step of one rank", "sequence", "sequence on one rank"]
Unit: TypeAlias = Literal["elements", "bytes", "FLOPs"]

MEANINGS: Final[dict[str, tuple[Unit, Scope]]] = {
    "parameters": ("elements", "model"),
    "active_parameters": ("elements", "model"),
    "mtp_parameters": ("elements", "model"),
    "buffers": ("elements", "model"),
    "weight_bytes": ("bytes", "rank"),
    "flops": ("FLOPs", "step of one rank"),
    "flops_executed": ("FLOPs", "step of one rank"),
    "bytes_moved": ("bytes", "step of one rank"),
    "transfer_bytes": ("bytes", "step of one rank"),
    "kv_cache_elements": ("elements", "sequence"),
    "rank_kv_cache_bytes": ("bytes", "sequence on one rank"),
    "state_elements_per_sequence": ("elements", "sequence"),
    "rank_state_bytes": ("bytes", "sequence on one rank"),
}
"""The unit of each figure, and of what it is."""

MARGINAL: Final[tuple[str, Unit, Scope]] = ("kv_cache_elements_per_token", "elements", "sequence")
"""The total that is no sum of parts: what one more token adds to a sequence, in the formats of the caches."""
