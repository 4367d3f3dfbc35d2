"""The kinds of component that a model is made of, in the field's standard terms.

A component states its own shapes, all of them, so that its cost follows from it alone. How a kind becomes weights,
operators and caches is its lowering, in the room `lowerings`, in the module of the same name.

A kind is imported at its first use: most models are made of a few of them.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from llmsim_adapters.spec.components.component import Component, Part

if TYPE_CHECKING:
    from llmsim_adapters.spec.components.adapters import Adapter as Adapter
    from llmsim_adapters.spec.components.attention import Attention as Attention
    from llmsim_adapters.spec.components.attention_parts import Differential as Differential
    from llmsim_adapters.spec.components.attention_parts import DynamicMask as DynamicMask
    from llmsim_adapters.spec.components.attention_parts import FirstRunAttention as FirstRunAttention
    from llmsim_adapters.spec.components.attention_parts import HeadConvolution as HeadConvolution
    from llmsim_adapters.spec.components.attention_parts import KeyValueConvolution as KeyValueConvolution
    from llmsim_adapters.spec.components.attention_parts import MemoryBlock as MemoryBlock
    from llmsim_adapters.spec.components.attention_parts import OutputGate as OutputGate
    from llmsim_adapters.spec.components.attention_parts import RelativeLogits as RelativeLogits
    from llmsim_adapters.spec.components.attention_parts import RoutedValues as RoutedValues
    from llmsim_adapters.spec.components.attention_parts import ScoreScales as ScoreScales
    from llmsim_adapters.spec.components.attention_parts import SinkKeys as SinkKeys
    from llmsim_adapters.spec.components.attention_parts import Sinks as Sinks
    from llmsim_adapters.spec.components.chunk_attention import ChunkAttention as ChunkAttention
    from llmsim_adapters.spec.components.compressed_attention import CompressedAttention as CompressedAttention
    from llmsim_adapters.spec.components.compressed_attention import CompressedIndexer as CompressedIndexer
    from llmsim_adapters.spec.components.drafts import BlockConvolution as BlockConvolution
    from llmsim_adapters.spec.components.drafts import LatticeHead as LatticeHead
    from llmsim_adapters.spec.components.drafts import MarkovHead as MarkovHead
    from llmsim_adapters.spec.components.ends import AxialPositionEmbedding as AxialPositionEmbedding
    from llmsim_adapters.spec.components.ends import Embedding as Embedding
    from llmsim_adapters.spec.components.ends import HashEmbedding as HashEmbedding
    from llmsim_adapters.spec.components.ends import Head as Head
    from llmsim_adapters.spec.components.ends import InitialState as InitialState
    from llmsim_adapters.spec.components.ends import NextTokenInput as NextTokenInput
    from llmsim_adapters.spec.components.ends import PositionEmbedding as PositionEmbedding
    from llmsim_adapters.spec.components.ends import Projection as Projection
    from llmsim_adapters.spec.components.ends import RotaryFrequencies as RotaryFrequencies
    from llmsim_adapters.spec.components.ends import Score as Score
    from llmsim_adapters.spec.components.ends import SelfConditioning as SelfConditioning
    from llmsim_adapters.spec.components.feed_forward import MLP as MLP
    from llmsim_adapters.spec.components.feed_forward import MixtureOfExperts as MixtureOfExperts
    from llmsim_adapters.spec.components.hyper_connections import HyperConnection as HyperConnection
    from llmsim_adapters.spec.components.hyper_connections import HyperHead as HyperHead
    from llmsim_adapters.spec.components.hyper_connections import LowRankHyperConnection as LowRankHyperConnection
    from llmsim_adapters.spec.components.latent_attention import LatentAttention as LatentAttention
    from llmsim_adapters.spec.components.linear_attention import GatedDeltaNet as GatedDeltaNet
    from llmsim_adapters.spec.components.linear_attention import KimiDeltaAttention as KimiDeltaAttention
    from llmsim_adapters.spec.components.linear_attention import LightningAttention as LightningAttention
    from llmsim_adapters.spec.components.mixture_of_attention import MixtureOfAttention as MixtureOfAttention
    from llmsim_adapters.spec.components.ngram_attention import NgramAttention as NgramAttention
    from llmsim_adapters.spec.components.norms import BatchNorm as BatchNorm
    from llmsim_adapters.spec.components.norms import Norm as Norm
    from llmsim_adapters.spec.components.norms import Scale as Scale
    from llmsim_adapters.spec.components.patch_attention import PatchAttention as PatchAttention
    from llmsim_adapters.spec.components.per_layer import NgramInput as NgramInput
    from llmsim_adapters.spec.components.per_layer import PerLayerEmbedding as PerLayerEmbedding
    from llmsim_adapters.spec.components.per_layer import PerLayerInput as PerLayerInput
    from llmsim_adapters.spec.components.recurrent import ChannelMix as ChannelMix
    from llmsim_adapters.spec.components.recurrent import GatedLinearRecurrence as GatedLinearRecurrence
    from llmsim_adapters.spec.components.recurrent import Mamba as Mamba
    from llmsim_adapters.spec.components.recurrent import Mamba2 as Mamba2
    from llmsim_adapters.spec.components.recurrent import MatrixLSTM as MatrixLSTM
    from llmsim_adapters.spec.components.recurrent import ShortConvolution as ShortConvolution
    from llmsim_adapters.spec.components.recurrent import TimeMix as TimeMix
    from llmsim_adapters.spec.components.relative_attention import RelativeAttention as RelativeAttention
    from llmsim_adapters.spec.components.residual import AttentionResidual as AttentionResidual
    from llmsim_adapters.spec.components.residual import ConvolvedResidual as ConvolvedResidual
    from llmsim_adapters.spec.components.residual import MessageGate as MessageGate
    from llmsim_adapters.spec.components.residual import ScaledResidual as ScaledResidual
    from llmsim_adapters.spec.components.retrieval import RetrievedExperts as RetrievedExperts
    from llmsim_adapters.spec.components.sparse_attention import Indexer as Indexer
    from llmsim_adapters.spec.components.stored_tensors import StoredTensors as StoredTensors
    from llmsim_adapters.spec.components.streams import AlternatingUpdates as AlternatingUpdates
    from llmsim_adapters.spec.components.streams import StreamProjections as StreamProjections
    from llmsim_adapters.spec.components.towers import LSTM as LSTM
    from llmsim_adapters.spec.components.towers import BlockAttention as BlockAttention
    from llmsim_adapters.spec.components.towers import ChannelAttention as ChannelAttention
    from llmsim_adapters.spec.components.towers import ClippingBounds as ClippingBounds
    from llmsim_adapters.spec.components.towers import Codebook as Codebook
    from llmsim_adapters.spec.components.towers import ConformerAttention as ConformerAttention
    from llmsim_adapters.spec.components.towers import Convolution as Convolution
    from llmsim_adapters.spec.components.towers import ConvolutionModule as ConvolutionModule
    from llmsim_adapters.spec.components.towers import LearnedTokens as LearnedTokens
    from llmsim_adapters.spec.components.towers import MelFilters as MelFilters
    from llmsim_adapters.spec.components.towers import PixelAttention as PixelAttention
    from llmsim_adapters.spec.components.towers import PlaneAttention as PlaneAttention
    from llmsim_adapters.spec.components.towers import PlanePositions as PlanePositions
    from llmsim_adapters.spec.components.towers import QueryAttention as QueryAttention
    from llmsim_adapters.spec.components.towers import RelativeKeyAttention as RelativeKeyAttention
    from llmsim_adapters.spec.components.towers import SeparableConvolutionModule as SeparableConvolutionModule

_HOMES = {
    "adapters": ("Adapter",),
    "attention": ("Attention",),
    "attention_parts": (
        *("Differential", "DynamicMask", "FirstRunAttention", "HeadConvolution", "KeyValueConvolution"),
        *("MemoryBlock", "OutputGate", "RelativeLogits", "RoutedValues", "ScoreScales", "SinkKeys"),
        "Sinks",
    ),
    "chunk_attention": ("ChunkAttention",),
    "compressed_attention": ("CompressedAttention", "CompressedIndexer"),
    "drafts": ("BlockConvolution", "LatticeHead", "MarkovHead"),
    "ends": (
        "AxialPositionEmbedding",
        "Embedding",
        "HashEmbedding",
        "Head",
        "InitialState",
        "NextTokenInput",
        "PositionEmbedding",
        "Projection",
        "RotaryFrequencies",
        "Score",
        "SelfConditioning",
    ),
    "feed_forward": ("MLP", "MixtureOfExperts"),
    "hyper_connections": ("HyperConnection", "HyperHead", "LowRankHyperConnection"),
    "latent_attention": ("LatentAttention",),
    "linear_attention": ("GatedDeltaNet", "KimiDeltaAttention", "LightningAttention"),
    "mixture_of_attention": ("MixtureOfAttention",),
    "ngram_attention": ("NgramAttention",),
    "norms": ("BatchNorm", "Norm", "Scale"),
    "patch_attention": ("PatchAttention",),
    "per_layer": ("NgramInput", "PerLayerEmbedding", "PerLayerInput"),
    "recurrent": (
        "ChannelMix",
        "GatedLinearRecurrence",
        "Mamba",
        "Mamba2",
        "MatrixLSTM",
        "ShortConvolution",
        "TimeMix",
    ),
    "relative_attention": ("RelativeAttention",),
    "residual": ("AttentionResidual", "ConvolvedResidual", "MessageGate", "ScaledResidual"),
    "retrieval": ("RetrievedExperts",),
    "sparse_attention": ("Indexer",),
    "stored_tensors": ("StoredTensors",),
    "streams": ("AlternatingUpdates", "StreamProjections"),
    "towers": (
        "BlockAttention",
        "ChannelAttention",
        "ClippingBounds",
        "Codebook",
        "ConformerAttention",
        "Convolution",
        "ConvolutionModule",
        "LSTM",
        "LearnedTokens",
        "MelFilters",
        "PixelAttention",
        "PlaneAttention",
        "PlanePositions",
        "QueryAttention",
        "RelativeKeyAttention",
        "SeparableConvolutionModule",
    ),
}
_HOME = {name: home for home, names in _HOMES.items() for name in names}

__all__ = ["Component", "Part", *_HOME]  # noqa: PLE0604


def every_kind() -> list[type[Component]]:
    """Return the kinds of component that the package has, all of them imported."""
    return [kind for name in _HOME if not issubclass(kind := __getattr__(name), Part)]


def __getattr__(name: str) -> Any:
    home = _HOME.get(name)
    if home is None:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    value = globals()[name] = getattr(import_module(f"{__name__}.{home}"), name)
    return value
