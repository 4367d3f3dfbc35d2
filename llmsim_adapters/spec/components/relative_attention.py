"""Attention whose scores have a part for the distance of two tokens."""

from __future__ import annotations

from typing import ClassVar

from llmsim_adapters.dataclass import dataclass
from llmsim_adapters.spec.components.component import Component


@dataclass(frozen=True, slots=True, kw_only=True)
class RelativeAttention(Component):
    """Attention with keys of positions beside those of tokens (Transformer-XL, arXiv:1901.02860; XLNet, 1906.08237).

    Attributes:
        memory: how many earlier hidden states are kept, from which keys and values are projected anew; None: all.
        cached: whether they are kept at all.
        causal: whether a token attends to earlier ones only; the others need keys of positions ahead, too.
        segments: how many trained vectors for pairs of segments each head has.
    """

    kind: ClassVar[str] = "relative_attention"
    attends: ClassVar[bool] = True

    hidden_size: int
    num_attention_heads: int
    head_dim: int
    memory: int | None = None
    cached: bool = True
    causal: bool = True
    segments: int = 2
