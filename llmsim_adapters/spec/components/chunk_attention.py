"""Attention inside chunks of tokens, in their order or in that of their hashes."""

from __future__ import annotations

from typing import ClassVar

from llmsim_adapters.dataclass import dataclass
from llmsim_adapters.spec.components.component import Component


@dataclass(frozen=True, slots=True, kw_only=True)
class ChunkAttention(Component):
    """Attention to the tokens of a chunk and of `chunks_before` it (Reformer, arXiv:2001.04451).

    Hidden states are kept in place of keys and values. With `hashes`, the keys are the queries, and tokens are sorted
    by so many hashes of them into chunks, each of which is attended to by itself: a hash is the largest of `rotations`
    products, with random vectors; None: as many as implementations take for the length of a sequence, of at most
    `max_positions` tokens.
    """

    kind: ClassVar[str] = "chunk_attention"
    attends: ClassVar[bool] = True

    hidden_size: int
    num_attention_heads: int
    head_dim: int
    chunk_length: int
    chunks_before: int = 0
    hashes: int = 0
    rotations: int | None = None
    max_positions: int = 0
