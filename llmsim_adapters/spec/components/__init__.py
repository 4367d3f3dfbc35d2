"""The kinds of component that a model is made of, in the field's standard terms.

A component states its own shapes, all of them, so that its cost follows from it alone. How a kind becomes weights,
operators and caches is its lowering, in the room `lowerings`, in the module of the same name.
"""

from llmsim_adapters.spec.components.adapters import Adapter
from llmsim_adapters.spec.components.attention import Attention, LatentAttention
from llmsim_adapters.spec.components.component import Component
from llmsim_adapters.spec.components.compressed_attention import CompressedAttention, CompressedIndexer
from llmsim_adapters.spec.components.ends import (
    Embedding,
    Head,
    InitialState,
    NextTokenInput,
    PositionEmbedding,
    Projection,
)
from llmsim_adapters.spec.components.feed_forward import MLP, MixtureOfExperts
from llmsim_adapters.spec.components.hyper_connections import HyperConnection, HyperHead
from llmsim_adapters.spec.components.linear_attention import GatedDeltaNet, KimiDeltaAttention, LightningAttention
from llmsim_adapters.spec.components.mixture_of_attention import MixtureOfAttention
from llmsim_adapters.spec.components.norms import Norm, Scale
from llmsim_adapters.spec.components.per_layer import PerLayerEmbedding, PerLayerInput
from llmsim_adapters.spec.components.recurrent import (
    ChannelMix,
    GatedLinearRecurrence,
    Mamba,
    Mamba2,
    MatrixLSTM,
    ShortConvolution,
    TimeMix,
)
from llmsim_adapters.spec.components.relative_attention import RelativeAttention
from llmsim_adapters.spec.components.residual import ConvolvedResidual, ScaledResidual
from llmsim_adapters.spec.components.retrieval import RetrievedExperts
from llmsim_adapters.spec.components.sparse_attention import Indexer
from llmsim_adapters.spec.components.streams import AlternatingUpdates, StreamProjections

__all__ = [
    "MLP",
    "Adapter",
    "AlternatingUpdates",
    "Attention",
    "ChannelMix",
    "Component",
    "CompressedAttention",
    "CompressedIndexer",
    "ConvolvedResidual",
    "Embedding",
    "GatedDeltaNet",
    "GatedLinearRecurrence",
    "Head",
    "HyperConnection",
    "HyperHead",
    "Indexer",
    "InitialState",
    "KimiDeltaAttention",
    "LatentAttention",
    "LightningAttention",
    "Mamba",
    "Mamba2",
    "MatrixLSTM",
    "MixtureOfAttention",
    "MixtureOfExperts",
    "NextTokenInput",
    "Norm",
    "PerLayerEmbedding",
    "PerLayerInput",
    "PositionEmbedding",
    "Projection",
    "RelativeAttention",
    "RetrievedExperts",
    "Scale",
    "ScaledResidual",
    "ShortConvolution",
    "StreamProjections",
    "TimeMix",
]
