"""Embeddings that layers have of their own (Gemma 3n, Gemma 4; Qwen 4)."""

from __future__ import annotations

from typing import ClassVar

from llmsim_adapters.dataclass import dataclass
from llmsim_adapters.spec.components.component import Component


@dataclass(frozen=True, slots=True, kw_only=True)
class PerLayerEmbedding(Component):
    """A table with a vector of `width` for each token and each of `layers`, joined with a projection of the embedding.

    The projected part is normalised; the vectors are what the layers' `PerLayerInput` takes. Without a `vocab_size`
    there is no table, and the vectors are that part alone (EmbeddingGemma 2).
    """

    kind: ClassVar[str] = "per_layer_embedding"

    vocab_size: int | None
    hidden_size: int
    layers: int
    width: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PerLayerInput(Component):
    """A feed-forward network whose gate, of `width`, is multiplied with the layer's own vector of the token."""

    kind: ClassVar[str] = "per_layer_input"

    hidden_size: int
    width: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NgramInput(Component):
    """What a layer adds to each of `streams` hidden states of a token: rows of a table that its latest tokens choose.

    For each length from 2 to `ngram_size`, hashes of so many latest tokens give the numbers of rows, `heads` in all,
    which are `width` numbers together. A key of each stream, which is normalised as the stream is, says how much it
    gets of the value; a convolution over every `ngram_size`-th of the latest tokens, `conv_kernel` of them, is added
    (Qwen 4).
    """

    kind: ClassVar[str] = "ngram_input"
    normalises: ClassVar[bool] = True

    hidden_size: int
    streams: int
    table_rows: int
    heads: int
    width: int
    ngram_size: int
    conv_kernel: int
