"""Attention of a token and of the streams that predict several tokens after it."""

from __future__ import annotations

from typing import ClassVar

from llmsim_adapters.dataclass import dataclass
from llmsim_adapters.spec.components.component import Component


@dataclass(frozen=True, slots=True, kw_only=True)
class NgramAttention(Component):
    """Self-attention in `1 + ngram` streams (ProphetNet, arXiv:2001.04063).

    The main stream attends to its own earlier tokens; each of the `ngram` predicting ones to those of the main stream
    and, of its own, to the present token. Keys and values of the main stream alone are cached. One projection of each
    token to `num_buckets` numbers a head says what distances weigh.
    """

    kind: ClassVar[str] = "ngram_attention"
    attends: ClassVar[bool] = True

    hidden_size: int
    num_attention_heads: int
    head_dim: int
    ngram: int
    num_buckets: int
