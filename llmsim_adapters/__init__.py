"""LLMSim adapters: which builder can model a Hugging Face config, what gaps remain, and the operator graph.

    import llmsim_adapters as la

    m = la.load("Qwen/Qwen3-8B")
    print(m.coverage.status, m.coverage.gaps)
    print(m.build(la.Schedule(batch_size=8, seq_len=1024)).flops)

Everything public is here; names are imported at first use, so that importing the package costs next to nothing.
"""

from __future__ import annotations

from importlib import import_module

__version__ = "0.1.0"

TYPE_CHECKING = False  # as type checkers take it; `typing` is slow to import, and the command heeds no interrupt before
if TYPE_CHECKING:
    from llmsim_adapters.api import build as build
    from llmsim_adapters.api import builders as builders
    from llmsim_adapters.api import evaluate as evaluate
    from llmsim_adapters.api import prove as prove
    from llmsim_adapters.censuses.census import census as census
    from llmsim_adapters.censuses.item import CensusError as CensusError
    from llmsim_adapters.censuses.result import Census as Census
    from llmsim_adapters.dialects.assembly.components import attention as attention
    from llmsim_adapters.dialects.assembly.components import latent_attention as latent_attention
    from llmsim_adapters.dialects.assembly.components import mixture_of_experts as mixture_of_experts
    from llmsim_adapters.dialects.assembly.components import mlp as mlp
    from llmsim_adapters.dialects.assembly.decoder import decoder as decoder
    from llmsim_adapters.dialects.assembly.decoder import layers as layers
    from llmsim_adapters.dialects.assembly.decoder import windowed as windowed
    from llmsim_adapters.dialects.assembly.layouts import parallel as parallel
    from llmsim_adapters.dialects.assembly.layouts import post_norm as post_norm
    from llmsim_adapters.dialects.assembly.layouts import pre_norm as pre_norm
    from llmsim_adapters.dialects.assembly.layouts import sandwich_norm as sandwich_norm
    from llmsim_adapters.dialects.assembly.linear_attention import gated_delta_net as gated_delta_net
    from llmsim_adapters.dialects.assembly.linear_attention import kimi_delta_attention as kimi_delta_attention
    from llmsim_adapters.dialects.assembly.linear_attention import last_of_every as last_of_every
    from llmsim_adapters.dialects.assembly.linear_attention import lightning_attention as lightning_attention
    from llmsim_adapters.dialects.assembly.linear_attention import linear_or_full as linear_or_full
    from llmsim_adapters.dialects.assembly.media import square as square
    from llmsim_adapters.dialects.assembly.recurrent import by_name as by_name
    from llmsim_adapters.dialects.assembly.recurrent import mamba as mamba
    from llmsim_adapters.dialects.assembly.recurrent import mamba2 as mamba2
    from llmsim_adapters.dialects.assembly.recurrent import short_convolution as short_convolution
    from llmsim_adapters.dialects.assembly.tower import Tower as Tower
    from llmsim_adapters.dialects.assembly.tower import encoder as encoder
    from llmsim_adapters.dialects.assembly.tower import full_attention as full_attention
    from llmsim_adapters.dialects.assembly.tower import patch_count as patch_count
    from llmsim_adapters.dialects.assembly.tower import patches as patches
    from llmsim_adapters.dialects.assembly.tower import tower as tower
    from llmsim_adapters.dialects.reading.dialect import Dialect as Dialect
    from llmsim_adapters.dialects.reading.find import dialect as dialect
    from llmsim_adapters.dialects.reading.reader import Reader as Reader
    from llmsim_adapters.dialects.reading.reading import Origin as Origin
    from llmsim_adapters.dialects.reading.reading import Parameter as Parameter
    from llmsim_adapters.dialects.reading.reading import Reading as Reading
    from llmsim_adapters.engines.engine import Engine as Engine
    from llmsim_adapters.engines.engine import EngineOption as EngineOption
    from llmsim_adapters.engines.rules import Beside as Beside
    from llmsim_adapters.engines.rules import Format as Format
    from llmsim_adapters.engines.rules import Keep as Keep
    from llmsim_adapters.engines.rules import Note as Note
    from llmsim_adapters.engines.rules import Refuse as Refuse
    from llmsim_adapters.engines.rules import Scales as Scales
    from llmsim_adapters.engines.rules import Split as Split
    from llmsim_adapters.engines.rules import Store as Store
    from llmsim_adapters.errors import AdapterError as AdapterError
    from llmsim_adapters.errors import ConfigUnavailable as ConfigUnavailable
    from llmsim_adapters.errors import InvalidConfig as InvalidConfig
    from llmsim_adapters.errors import MissingExtra as MissingExtra
    from llmsim_adapters.evaluated import BuildError as BuildError
    from llmsim_adapters.evaluation.result import Coverage as Coverage
    from llmsim_adapters.evaluation.status import Evidence as Evidence
    from llmsim_adapters.evaluation.status import Status as Status
    from llmsim_adapters.evaluation.total import Total as Total
    from llmsim_adapters.fit.accelerators import FitError as FitError
    from llmsim_adapters.fit.fit import Fit as Fit
    from llmsim_adapters.gap import Gap as Gap
    from llmsim_adapters.gap import GapKind as GapKind
    from llmsim_adapters.gap import Impact as Impact
    from llmsim_adapters.graph.cache import Cache as Cache
    from llmsim_adapters.graph.graph import OperatorGraph as OperatorGraph
    from llmsim_adapters.graph.operator import Operator as Operator
    from llmsim_adapters.graph.operator import Weight as Weight
    from llmsim_adapters.graph.schedule import Schedule as Schedule
    from llmsim_adapters.graph.schedule import ScheduleError as ScheduleError
    from llmsim_adapters.graph.transfer import Transfer as Transfer
    from llmsim_adapters.loading import load as load
    from llmsim_adapters.lowerings.kind import ComponentKind as ComponentKind
    from llmsim_adapters.lowerings.site import Site as Site
    from llmsim_adapters.lowerings.step import Step as Step
    from llmsim_adapters.lowerings.wiring import Wire as Wire
    from llmsim_adapters.model import Model as Model
    from llmsim_adapters.plugins.builder import Builder as Builder
    from llmsim_adapters.plugins.claim import Claim as Claim
    from llmsim_adapters.plugins.features_of import features_of as features_of
    from llmsim_adapters.plugins.hookspecs import hookimpl as hookimpl
    from llmsim_adapters.plugins.registered import BrokenPlugin as BrokenPlugin
    from llmsim_adapters.plugins.registered import PluginWarning as PluginWarning
    from llmsim_adapters.plugins.registered import RegisteredBuilder as RegisteredBuilder
    from llmsim_adapters.plugins.registered import RegisteredEngine as RegisteredEngine
    from llmsim_adapters.plugins.requirements import Requirements as Requirements
    from llmsim_adapters.plugins.trying import register as register
    from llmsim_adapters.proof.headers import HeaderError as HeaderError
    from llmsim_adapters.proof.result import Difference as Difference
    from llmsim_adapters.proof.result import Proof as Proof
    from llmsim_adapters.registries.registry import RegistryError as RegistryError
    from llmsim_adapters.report import Report as Report
    from llmsim_adapters.report import coverage as coverage
    from llmsim_adapters.sources.answer import Provenance as Provenance
    from llmsim_adapters.spec.category import Category as Category
    from llmsim_adapters.spec.components import LSTM as LSTM
    from llmsim_adapters.spec.components import MLP as MLP
    from llmsim_adapters.spec.components import Adapter as Adapter
    from llmsim_adapters.spec.components import AlternatingUpdates as AlternatingUpdates
    from llmsim_adapters.spec.components import Attention as Attention
    from llmsim_adapters.spec.components import AttentionResidual as AttentionResidual
    from llmsim_adapters.spec.components import AxialPositionEmbedding as AxialPositionEmbedding
    from llmsim_adapters.spec.components import BatchNorm as BatchNorm
    from llmsim_adapters.spec.components import BlockAttention as BlockAttention
    from llmsim_adapters.spec.components import ChannelAttention as ChannelAttention
    from llmsim_adapters.spec.components import ChannelMix as ChannelMix
    from llmsim_adapters.spec.components import ChunkAttention as ChunkAttention
    from llmsim_adapters.spec.components import ClippingBounds as ClippingBounds
    from llmsim_adapters.spec.components import Codebook as Codebook
    from llmsim_adapters.spec.components import Component as Component
    from llmsim_adapters.spec.components import CompressedAttention as CompressedAttention
    from llmsim_adapters.spec.components import CompressedIndexer as CompressedIndexer
    from llmsim_adapters.spec.components import ConformerAttention as ConformerAttention
    from llmsim_adapters.spec.components import Convolution as Convolution
    from llmsim_adapters.spec.components import ConvolutionModule as ConvolutionModule
    from llmsim_adapters.spec.components import ConvolvedResidual as ConvolvedResidual
    from llmsim_adapters.spec.components import Differential as Differential
    from llmsim_adapters.spec.components import DynamicMask as DynamicMask
    from llmsim_adapters.spec.components import Embedding as Embedding
    from llmsim_adapters.spec.components import GatedDeltaNet as GatedDeltaNet
    from llmsim_adapters.spec.components import GatedLinearRecurrence as GatedLinearRecurrence
    from llmsim_adapters.spec.components import HashEmbedding as HashEmbedding
    from llmsim_adapters.spec.components import Head as Head
    from llmsim_adapters.spec.components import HeadConvolution as HeadConvolution
    from llmsim_adapters.spec.components import HyperConnection as HyperConnection
    from llmsim_adapters.spec.components import HyperHead as HyperHead
    from llmsim_adapters.spec.components import Indexer as Indexer
    from llmsim_adapters.spec.components import InitialState as InitialState
    from llmsim_adapters.spec.components import KeyValueConvolution as KeyValueConvolution
    from llmsim_adapters.spec.components import KimiDeltaAttention as KimiDeltaAttention
    from llmsim_adapters.spec.components import LatentAttention as LatentAttention
    from llmsim_adapters.spec.components import LearnedTokens as LearnedTokens
    from llmsim_adapters.spec.components import LightningAttention as LightningAttention
    from llmsim_adapters.spec.components import LowRankHyperConnection as LowRankHyperConnection
    from llmsim_adapters.spec.components import Mamba as Mamba
    from llmsim_adapters.spec.components import Mamba2 as Mamba2
    from llmsim_adapters.spec.components import MatrixLSTM as MatrixLSTM
    from llmsim_adapters.spec.components import MelFilters as MelFilters
    from llmsim_adapters.spec.components import MessageGate as MessageGate
    from llmsim_adapters.spec.components import MixtureOfAttention as MixtureOfAttention
    from llmsim_adapters.spec.components import MixtureOfExperts as MixtureOfExperts
    from llmsim_adapters.spec.components import NextTokenInput as NextTokenInput
    from llmsim_adapters.spec.components import NgramAttention as NgramAttention
    from llmsim_adapters.spec.components import NgramInput as NgramInput
    from llmsim_adapters.spec.components import Norm as Norm
    from llmsim_adapters.spec.components import OutputGate as OutputGate
    from llmsim_adapters.spec.components import Part as Part
    from llmsim_adapters.spec.components import PatchAttention as PatchAttention
    from llmsim_adapters.spec.components import PerLayerEmbedding as PerLayerEmbedding
    from llmsim_adapters.spec.components import PerLayerInput as PerLayerInput
    from llmsim_adapters.spec.components import PixelAttention as PixelAttention
    from llmsim_adapters.spec.components import PlaneAttention as PlaneAttention
    from llmsim_adapters.spec.components import PlanePositions as PlanePositions
    from llmsim_adapters.spec.components import PositionEmbedding as PositionEmbedding
    from llmsim_adapters.spec.components import Projection as Projection
    from llmsim_adapters.spec.components import QueryAttention as QueryAttention
    from llmsim_adapters.spec.components import RelativeAttention as RelativeAttention
    from llmsim_adapters.spec.components import RelativeKeyAttention as RelativeKeyAttention
    from llmsim_adapters.spec.components import RelativeLogits as RelativeLogits
    from llmsim_adapters.spec.components import RetrievedExperts as RetrievedExperts
    from llmsim_adapters.spec.components import Scale as Scale
    from llmsim_adapters.spec.components import ScaledResidual as ScaledResidual
    from llmsim_adapters.spec.components import SelfConditioning as SelfConditioning
    from llmsim_adapters.spec.components import SeparableConvolutionModule as SeparableConvolutionModule
    from llmsim_adapters.spec.components import ShortConvolution as ShortConvolution
    from llmsim_adapters.spec.components import Sinks as Sinks
    from llmsim_adapters.spec.components import StoredTensors as StoredTensors
    from llmsim_adapters.spec.components import StreamProjections as StreamProjections
    from llmsim_adapters.spec.components import TimeMix as TimeMix
    from llmsim_adapters.spec.features import Feature as Feature
    from llmsim_adapters.spec.media.media import Media as Media
    from llmsim_adapters.spec.media.media import MediaItem as MediaItem
    from llmsim_adapters.spec.media.media import Unfit as Unfit
    from llmsim_adapters.spec.media.pictures import LongestEdge as LongestEdge
    from llmsim_adapters.spec.media.pictures import SmartResize as SmartResize
    from llmsim_adapters.spec.media.sound import ChunkedSound as ChunkedSound
    from llmsim_adapters.spec.media.tiles import BestAspect as BestAspect
    from llmsim_adapters.spec.media.tiles import LeastScaling as LeastScaling
    from llmsim_adapters.spec.media.tiles import Tiles as Tiles
    from llmsim_adapters.spec.media.videos import FrameByFrame as FrameByFrame
    from llmsim_adapters.spec.media.videos import WithVideos as WithVideos
    from llmsim_adapters.spec.model import Block as Block
    from llmsim_adapters.spec.model import ModelSpec as ModelSpec
    from llmsim_adapters.spec.model import Stack as Stack
    from llmsim_adapters.spec.model import Sublayer as Sublayer
    from llmsim_adapters.sweep.chosen import Best as Best
    from llmsim_adapters.sweep.chosen import BestPoint as BestPoint
    from llmsim_adapters.sweep.chosen import SweepError as SweepError
    from llmsim_adapters.sweep.result import Sweep as Sweep
    from llmsim_adapters.sweep.result import grid as grid
    from llmsim_adapters.traced import ceil_div as ceil_div
    from llmsim_adapters.traced import maximum as maximum
    from llmsim_adapters.traced import minimum as minimum

_HOMES = {
    "censuses.census": ("census",),
    "censuses.item": ("CensusError",),
    "censuses.result": ("Census",),
    "api": ("build", "builders", "evaluate", "prove"),
    "evaluation.result": ("Coverage",),
    "evaluation.status": ("Evidence", "Status"),
    "evaluation.total": ("Total",),
    "dialects.assembly.components": ("attention", "latent_attention", "mixture_of_experts", "mlp"),
    "dialects.assembly.decoder": ("decoder", "layers", "windowed"),
    "dialects.assembly.layouts": ("parallel", "post_norm", "pre_norm", "sandwich_norm"),
    "dialects.assembly.linear_attention": (
        *("gated_delta_net", "kimi_delta_attention", "last_of_every", "lightning_attention", "linear_or_full"),
    ),
    "dialects.assembly.recurrent": ("by_name", "mamba", "mamba2", "short_convolution"),
    "dialects.assembly.media": ("square",),
    "dialects.assembly.tower": ("Tower", "encoder", "full_attention", "patch_count", "patches", "tower"),
    "dialects.reading.dialect": ("Dialect",),
    "dialects.reading.find": ("dialect",),
    "dialects.reading.reader": ("Reader",),
    "dialects.reading.reading": ("Origin", "Parameter", "Reading"),
    "engines.engine": ("Engine", "EngineOption"),
    "engines.rules": ("Beside", "Format", "Keep", "Note", "Refuse", "Scales", "Split", "Store"),
    "errors": ("AdapterError", "ConfigUnavailable", "InvalidConfig", "MissingExtra"),
    "evaluated": ("BuildError",),
    "fit.accelerators": ("FitError",),
    "fit.fit": ("Fit",),
    "gap": ("Gap", "GapKind", "Impact"),
    "graph.cache": ("Cache",),
    "graph.graph": ("OperatorGraph",),
    "graph.operator": ("Operator", "Weight"),
    "graph.schedule": ("Schedule", "ScheduleError"),
    "graph.transfer": ("Transfer",),
    "loading": ("load",),
    "lowerings.kind": ("ComponentKind",),
    "lowerings.site": ("Site",),
    "lowerings.step": ("Step",),
    "lowerings.wiring": ("Wire",),
    "model": ("Model",),
    "plugins.builder": ("Builder",),
    "plugins.claim": ("Claim",),
    "plugins.features_of": ("features_of",),
    "plugins.hookspecs": ("hookimpl",),
    "plugins.registered": ("BrokenPlugin", "PluginWarning", "RegisteredBuilder", "RegisteredEngine"),
    "plugins.requirements": ("Requirements",),
    "plugins.trying": ("register",),
    "proof.headers": ("HeaderError",),
    "proof.result": ("Difference", "Proof"),
    "registries.registry": ("RegistryError",),
    "report": ("Report", "coverage"),
    "sources.answer": ("Provenance",),
    "spec.category": ("Category",),
    "spec.components": (
        *("Component", "Norm", "Embedding", "Head", "Attention", "LatentAttention", "MLP", "MixtureOfExperts"),
        *("Adapter", "AlternatingUpdates", "AttentionResidual", "AxialPositionEmbedding", "BatchNorm"),
        *(
            "BlockAttention",
            "ChannelAttention",
            "ChannelMix",
            "ChunkAttention",
            "ClippingBounds",
            "Codebook",
            "CompressedAttention",
            "CompressedIndexer",
        ),
        *("ConformerAttention", "Convolution", "ConvolutionModule", "ConvolvedResidual", "Differential"),
        *("DynamicMask", "GatedDeltaNet", "GatedLinearRecurrence", "HashEmbedding", "HeadConvolution"),
        *("HyperConnection", "HyperHead", "Indexer", "InitialState", "KeyValueConvolution", "KimiDeltaAttention"),
        *(
            "LSTM",
            "LearnedTokens",
            "LightningAttention",
            "LowRankHyperConnection",
            "Mamba",
            "Mamba2",
            "MatrixLSTM",
            "MelFilters",
            "MessageGate",
        ),
        *("MixtureOfAttention", "NextTokenInput", "NgramAttention", "NgramInput", "OutputGate", "Part"),
        *("PatchAttention", "PerLayerEmbedding", "PerLayerInput", "PixelAttention", "PlaneAttention"),
        *("PlanePositions",),
        *(
            "PositionEmbedding",
            "Projection",
            "QueryAttention",
            "RelativeAttention",
            "RelativeKeyAttention",
            "RelativeLogits",
            "RetrievedExperts",
        ),
        *(
            "Scale",
            "ScaledResidual",
            "SelfConditioning",
            "SeparableConvolutionModule",
            "ShortConvolution",
            "Sinks",
            "StoredTensors",
            "StreamProjections",
        ),
        *("TimeMix",),
    ),
    "spec.features": ("Feature",),
    "spec.media.media": (
        "Media",
        "MediaItem",
        "Unfit",
    ),
    "spec.media.pictures": (
        "LongestEdge",
        "SmartResize",
    ),
    "spec.media.sound": ("ChunkedSound",),
    "spec.media.tiles": (
        "BestAspect",
        "LeastScaling",
        "Tiles",
    ),
    "spec.media.videos": ("FrameByFrame", "WithVideos"),
    "spec.model": ("Block", "ModelSpec", "Stack", "Sublayer"),
    "sweep.chosen": ("Best", "BestPoint", "SweepError"),
    "sweep.result": ("Sweep", "grid"),
    "traced": ("ceil_div", "maximum", "minimum"),
}
_HOME = {name: home for home, names in _HOMES.items() for name in names}

__all__ = [*_HOME, "__version__"]  # noqa: PLE0604


if TYPE_CHECKING:
    import typing


def __getattr__(name: str) -> typing.Any:
    home = _HOME.get(name)
    if home is None:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    value = globals()[name] = getattr(import_module(f"{__name__}.{home}"), name)
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
