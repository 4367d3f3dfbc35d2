"""The kinds of component that a model is made of, in the field's standard terms.

A component states its own shapes, all of them, so that its cost follows from it alone. How a kind becomes weights,
operators and caches is its lowering, in the room `lowerings`, in the module of the same name.
"""

from llmsim_adapters.spec.components.attention import Attention, LatentAttention
from llmsim_adapters.spec.components.component import Component
from llmsim_adapters.spec.components.ends import Embedding, Head, NextTokenInput, PositionEmbedding
from llmsim_adapters.spec.components.feed_forward import MLP, MixtureOfExperts
from llmsim_adapters.spec.components.norms import Norm

__all__ = [
    "MLP",
    "Attention",
    "Component",
    "Embedding",
    "Head",
    "LatentAttention",
    "MixtureOfExperts",
    "NextTokenInput",
    "Norm",
    "PositionEmbedding",
]
