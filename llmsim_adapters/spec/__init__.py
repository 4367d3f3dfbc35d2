"""What a model is: the one intermediate representation between dialects and builders."""

from llmsim_adapters.spec.category import Category, category, language_category, text_category
from llmsim_adapters.spec.components import (
    MLP,
    Attention,
    Component,
    Embedding,
    Head,
    LatentAttention,
    MixtureOfExperts,
    NextTokenInput,
    Norm,
)
from llmsim_adapters.spec.features import Feature, Features
from llmsim_adapters.spec.model import Block, ModelSpec, Stack, Sublayer
from llmsim_adapters.spec.quantization import Quantization, Scheme, Side

__all__ = [
    "MLP",
    "Attention",
    "Block",
    "Category",
    "Component",
    "Embedding",
    "Feature",
    "Features",
    "Head",
    "LatentAttention",
    "MixtureOfExperts",
    "ModelSpec",
    "NextTokenInput",
    "Norm",
    "Quantization",
    "Scheme",
    "Side",
    "Stack",
    "Sublayer",
    "category",
    "language_category",
    "text_category",
]
