"""Attention to the latest tokens and to compressed ones before them (DeepSeek-V4)."""

from __future__ import annotations

from typing import ClassVar

from llmsim_adapters.dataclass import dataclass
from llmsim_adapters.spec.components.component import Component


@dataclass(frozen=True, slots=True, kw_only=True)
class CompressedIndexer(Component):
    """Scores compressed tokens for each token; its keys are compressed as the attention's are, by their own weights."""

    kind: ClassVar[str] = "compressed_indexer"

    hidden_size: int
    query_size: int
    num_heads: int
    head_dim: int
    compress_rate: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CompressedAttention(Component):
    """Queries of many heads on one head of keys that are the values too, with sinks and a grouped output projection.

    Attributes:
        output_groups, output_rank: how many groups of heads are projected by themselves, to how many numbers each.
        window: the number of latest tokens that a token attends to; without `compress_rate` to these only.
        compress_rate: how many tokens become one entry more; with `overlaps` it is made of twice as many.
        top_k: how many entries the `indexer` chooses; None: all are attended to.
        causal: whether a token attends to none of the later ones, which drafts of whole blocks do.
    """

    kind: ClassVar[str] = "compressed_attention"
    attends: ClassVar[bool] = True

    hidden_size: int
    num_attention_heads: int
    head_dim: int
    q_lora_rank: int
    output_groups: int
    output_rank: int
    window: int
    compress_rate: int | None = None
    overlaps: bool = False
    top_k: int | None = None
    indexer: CompressedIndexer | None = None
    causal: bool = True

    def parts(self) -> tuple[Component, ...]:
        return () if self.indexer is None else (self.indexer,)
