"""Which tokens sparse attention attends to: chosen ones, or those of a fixed pattern."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from llmsim_adapters.dataclass import dataclass
from llmsim_adapters.spec.components.component import Component

if TYPE_CHECKING:
    from llmsim_adapters.spec.components.norms import Norm


@dataclass(frozen=True, slots=True, kw_only=True)
class Indexer(Component):
    """Scores all tokens for each token (lightning indexer, DeepSeek-V3.2, arXiv:2512.02556).

    Its queries have heads of their own and are projected from `query_size` numbers, compressed queries or hidden
    states; one key for all heads is projected from the hidden states and cached. With `head_weights`, the scores of the
    heads are summed, each by a weight that is projected from the hidden states. `q_norm` is of each query head,
    `input_norm` of what queries are projected from; with `score_scales`, each head has two trained numbers, by which
    its scores grow with the logarithm of a token's place (Mistral Large 4). With `pool`, the keys of so many tokens are
    averaged, and what is normalised and scored are the averages (Qwen 4). Where the average is `pool_gated`, each
    token's part of it follows from a gate of each feature, which is projected from the hidden states and cached, and
    from the token's place; keys are normalised before (GLM-5.3). Rotary pairs may be `interleaved`, on which nothing
    but an engine's storage depends.
    """

    kind: ClassVar[str] = "indexer"

    hidden_size: int
    query_size: int
    num_heads: int
    head_dim: int
    k_norm: Norm
    q_norm: Norm | None = None
    input_norm: Norm | None = None
    score_scales: bool = False
    head_weights: bool = True
    pool: int = 1
    pool_gated: bool = False
    interleaved: bool = False

    def parts(self) -> tuple[Component, ...]:
        return tuple(filter(None, (self.k_norm, self.q_norm, self.input_norm)))


@dataclass(frozen=True, slots=True, kw_only=True)
class StridedBlocks:
    """Attention to the latest blocks of tokens and to every so many-th before (Sparse Transformer, arXiv:1904.10509).

    A token sees the `local` latest of the blocks of `size` tokens, its own among them up to itself; and of each
    `stride` blocks before these one, which one of `turns` heads sees, each in its turn; 1: all heads see the same ones.
    """

    size: int
    local: int
    stride: int
    turns: int = 1
