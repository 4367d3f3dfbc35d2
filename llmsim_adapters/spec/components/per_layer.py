"""Embeddings that every layer has of its own (Gemma 3n, Gemma 4)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from llmsim_adapters.spec.components.component import Component


@dataclass(frozen=True, slots=True, kw_only=True)
class PerLayerEmbedding(Component):
    """A table with a vector of `width` for each token and each of `layers`, joined with a projection of the embedding.

    The projected part is normalised; the vectors are what the layers' `PerLayerInput` takes.
    """

    kind: ClassVar[str] = "per_layer_embedding"

    vocab_size: int
    hidden_size: int
    layers: int
    width: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PerLayerInput(Component):
    """A feed-forward network whose gate, of `width`, is multiplied with the layer's own vector of the token."""

    kind: ClassVar[str] = "per_layer_input"

    hidden_size: int
    width: int
