"""What stands before and after the blocks: tables of tokens and heads."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from llmsim_adapters.dataclass import dataclass
from llmsim_adapters.spec.components.component import Component

if TYPE_CHECKING:
    from llmsim_adapters.spec.components.feed_forward import MLP


@dataclass(frozen=True, slots=True, kw_only=True)
class Embedding(Component):
    """A look-up table: one row of `hidden_size` for each of `vocab_size` tokens.

    With `spare`, checkpoints hold a second one that is not used (ProphetNet's, where tables are not tied). A draft
    model's may be `of_target`, which then stores it.
    """

    kind: ClassVar[str] = "embedding"

    vocab_size: int
    hidden_size: int
    spare: bool = False
    of_target: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class HashEmbedding(Component):
    """What is added to a token's embedding: rows of a table that hashes of its latest tokens choose, `count` of them.

    Byte latent transformers have some for each of several lengths (arXiv:2412.09871, section 3.2.1).
    """

    kind: ClassVar[str] = "hash_embedding"

    rows: int
    hidden_size: int
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PositionEmbedding(Component):
    """A look-up table with a row of `hidden_size` for each of `positions`, or for each kind of token.

    Where it is `resampled`, a matrix of weights is multiplied with it that interpolates between its rows.
    """

    kind: ClassVar[str] = "position_embedding"

    positions: int
    hidden_size: int
    resampled: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RotaryFrequencies(Component):
    """Trained factors of `size` rotary frequencies, the same for all layers: one for each pair that is turned."""

    kind: ClassVar[str] = "rotary_frequencies"

    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AxialPositionEmbedding(Component):
    """Positions on a grid of `shape`: for each axis a table, whose features `sizes` counts (arXiv:2001.04451)."""

    kind: ClassVar[str] = "axial_position_embedding"

    shape: tuple[int, ...]
    sizes: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class InitialState(Component):
    """The stored vector that a recurrence over layers has in place of a result at its start (HRM-Text)."""

    kind: ClassVar[str] = "initial_state"

    hidden_size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Projection(Component):
    """A linear map of hidden states to another size, as from narrow embeddings to wide layers (arXiv:1909.11942).

    With `one_token`, it is that of one token of each sequence (BERT's pooler), with `but_one` that of all the others;
    with a `patch_size`, that of patches of so many tokens.
    """

    kind: ClassVar[str] = "projection"

    input_size: int
    output_size: int
    bias: bool = False
    one_token: bool = False
    but_one: bool = False
    patch_size: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Head(Component):
    """The projection of hidden states to logits.

    `weight_of` says whose table it is: its own, the token `embedding`'s (tied), or that of the main model's `head`.
    With `spare_bias`, checkpoints hold a second bias that is not used (BERT's, where its head is not tied); a
    `constant_bias` is stored and added, and not trained (BART's).
    Each token has `predictions` rows of logits, of as many hidden states (ProphetNet).
    """

    kind: ClassVar[str] = "head"

    hidden_size: int
    vocab_size: int
    weight_of: Literal["itself", "embedding", "head"] = "itself"
    bias: bool = False
    spare_bias: bool = False
    constant_bias: bool = False
    predictions: int = 1
    softcap: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SelfConditioning(Component):
    """What the last run over a canvas predicted, added to the embeddings of the next one (arXiv:2208.04202).

    The mean of all `vocab_size` embeddings, weighed by how likely each token is, is normalised and goes through a
    network; the sum with the embedding of the token that stands there is normalised once more. The first run over a
    canvas has no prediction yet: it is this one less the product that weighs embeddings.
    """

    kind: ClassVar[str] = "self_conditioning"

    vocab_size: int
    network: MLP

    def parts(self) -> tuple[Component, ...]:
        return (self.network,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Score(Component):
    """The projection of hidden states to a score for each of `labels`: of classifiers, rerankers and reward models.

    `dense_layers` of the hidden size stand before it, with a `bias` where it has one. Every token has scores, of which
    a sequence's last ones are taken, or with `each_token` all of them, as where tokens are classified; with `one_token`
    only one token of each sequence has (BERT's first). Without any labels there are the dense layers alone: so is what
    weighs pairs of scores where there is one score.
    """

    kind: ClassVar[str] = "score"

    hidden_size: int
    labels: int
    dense_layers: int = 0
    bias: bool = False
    one_token: bool = False
    each_token: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class NextTokenInput(Component):
    """What a multi-token prediction module does before its block (DeepSeek-V3, arXiv:2412.19437, section 2.2).

    The next token's embedding and the previous hidden state are normalised, joined and projected back to
    `hidden_size`. Embedding table and head are the main model's, which it `looks_up` unless another part did. Its norms
    may have a gate of `norm_gate_rank`. Where there are several `streams` of hidden states, each is normalised and
    projected by one matrix, the embedding by another, which is added to each (DeepSeek-V4); or they are normalised
    together, where the norm is `joint` (Qwen 4).
    """

    kind: ClassVar[str] = "next_token_input"

    hidden_size: int
    looks_up: bool = True
    norm_gate_rank: int = 0
    streams: int = 1
    joint: bool = False
