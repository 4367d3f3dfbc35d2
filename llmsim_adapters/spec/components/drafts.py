"""What drafts of whole blocks of tokens have beside layers (DFlash, DSpark)."""

from __future__ import annotations

from typing import ClassVar

from llmsim_adapters.dataclass import dataclass
from llmsim_adapters.spec.components.component import Component


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockConvolution(Component):
    """Convolutions over a drafted block, one before and one after a mixer, with kernels that each token adds to.

    Channels have kernels of their own; what a token adds is shared by those of each of `groups` (DFlash 2).
    """

    kind: ClassVar[str] = "block_convolution"

    hidden_size: int
    kernel_size: int
    groups: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkovHead(Component):
    """What a draft of blocks adds to the logits of a token, by the token before it: a product of two tables' rows.

    Each has `rank` numbers for each token of the vocabulary. With `confidence` it also says, from the hidden state and
    the earlier token's row where `confidence_by_token`, how sure the draft is of each token (DSpark). With `candidates`
    only so many tokens of each place are weighed against as many of the next, by hidden states too (DFlash 2). `place`
    is the key of the object in which the config says so; empty: the config itself. Engines don't look everywhere.
    """

    kind: ClassVar[str] = "markov_head"

    hidden_size: int
    vocab_size: int
    rank: int
    confidence: bool = False
    confidence_by_token: bool = False
    confidence_bias: bool = True
    candidates: int = 0
    place: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LatticeHead(Component):
    """What weighs the `candidates` of all places of a drafted block against each other, each with each (LiLiCorr).

    A candidate's state is made of its embedding, of the draft's hidden state at its place, and of `features`, numbers
    about how likely it is. `layers` of attention among all of a block's candidates, biased by how far their places are
    apart, and of a feed-forward network lead to two vectors of `factors` numbers each, whose products with those of the
    next place are the scores. The first of a block's `block_size` tokens is given, and has a vector of its own, made of
    the target's hidden state. States are `state_size` wide; embeddings of another size are projected.
    """

    kind: ClassVar[str] = "lattice_head"

    hidden_size: int
    state_size: int
    block_size: int
    candidates: int
    layers: int
    num_attention_heads: int
    intermediate_size: int
    factors: int
    features: int
