"""The built-in builders: how they declare what they model; that it is true, `test_conformance.py` tests."""

from __future__ import annotations

from dataclasses import replace
from importlib import import_module
from importlib.metadata import entry_points
from pathlib import Path
from typing import TYPE_CHECKING, Any

import llmsim_builders
import pytest

import llmsim_adapters as la
from llmsim_adapters.dialects.assembly.options import gated, with_options
from llmsim_adapters.lowerings.built_in import BUILT_IN
from llmsim_adapters.spec.category import language_category, text_category
from llmsim_adapters.spec.components import (
    MLP,
    Adapter,
    AlternatingUpdates,
    Attention,
    AttentionResidual,
    AxialPositionEmbedding,
    ChunkAttention,
    Component,
    CompressedAttention,
    CompressedIndexer,
    ConvolvedResidual,
    Embedding,
    FirstRunAttention,
    HashEmbedding,
    Head,
    HyperConnection,
    HyperHead,
    Indexer,
    InitialState,
    LatentAttention,
    LowRankHyperConnection,
    MemoryBlock,
    MessageGate,
    MixtureOfAttention,
    MixtureOfExperts,
    NextTokenInput,
    NgramAttention,
    NgramInput,
    Norm,
    PatchAttention,
    PerLayerEmbedding,
    PerLayerInput,
    PositionEmbedding,
    Projection,
    RelativeAttention,
    RetrievedExperts,
    RotaryFrequencies,
    RoutedValues,
    Scale,
    ScaledResidual,
    ScoreScales,
    SelfConditioning,
    SinkKeys,
    StoredTensors,
    StreamProjections,
    every_kind,
)
from llmsim_adapters.spec.components.sparse_attention import StridedBlocks
from llmsim_adapters.spec.features import GROUPS, Features
from llmsim_adapters.spec.features.known import MODULES
from llmsim_adapters.spec.quantization import SCHEMES, Quantization, Scheme, Side
from llmsim_adapters.testing.features import by_feature, in_full
from tests import hybrids, purposes
from tests.facts import REPORT
from tests.hub.fixtures import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable

REGISTER = llmsim_builders.llmsim_register_builders
UNEXPLAINED = StoredTensors(shapes=((4, 2048), (2048,)))
SINK_KEYS = SinkKeys(num_attention_heads=16, num_key_value_heads=4, head_dim=64)
FIRST_RUN = FirstRunAttention(num_attention_heads=16, num_key_value_heads=4, head_dim=64)
MEMORY = MemoryBlock(channels=256, kernel=11)
SCALES = ScoreScales(num_attention_heads=16)
ROUTED = RoutedValues(input_size=2048, num_values=12, num_values_per_tok=3, value_channels=256)
BUILDERS: list[type[la.Builder]] = REGISTER()
FEATURES = Features()
NOT_MODELLED: frozenset[str] = frozenset()
"""Features that are told apart and that no built-in builder models; each is a gap wherever it occurs."""


def specs() -> dict[str, la.ModelSpec]:
    """The specs of the 19, and variations of three of them with the features that these don't have."""
    found = {source: la.load(source, offline=True).spec for source in REPORT}
    read = {source: spec for source, spec in found.items() if spec is not None}
    assert len(read) == len(found) == 19
    dense, experts, latent = (read[s] for s in ("Qwen/Qwen3-8B", "Qwen/Qwen3-30B-A3B", "deepseek-ai/DeepSeek-V3"))
    mlp = MLP(hidden_size=2048, intermediate_size=96)
    shared = experts.transform(MixtureOfExperts, lambda m: replace(m, shared=mlp))
    for base, spec in (("dense", dense), ("experts", shared), ("latent", latent), ("hybrid", hybrids.hybrid(shared))):
        for name, kind, change in (*VARIATIONS, *hybrids.VARIATIONS):
            read[f"{base} with {name}"] = spec.transform(kind, change)
        for scheme in SCHEMES:
            stored = Quantization("any", Scheme(scheme, "int8", (Side("scale", rows=1),)))
            read[f"{base} with {scheme}_weights"] = replace(spec, quantization=stored)
    read["experts with shared_experts"] = shared
    read["experts with dense_layers"] = alternating(experts, MixtureOfExperts, lambda _: mlp)
    read["experts with compressed_attention"] = experts.transform(la.Sublayer, compressing)
    read["experts with bidirectional_compressed_attention"] = read["experts with compressed_attention"].transform(
        CompressedAttention, lambda a: replace(a, causal=False)
    )
    read["experts with mixture_of_attention"] = experts.transform(la.Sublayer, chosen_heads)
    read["dense with multi_token_prediction"] = predicting(dense, hidden=4096)
    read["experts with multi_token_prediction"] = predicting(experts, hidden=2048)
    read["experts with mixed_attention"] = alternating(experts, Attention, lambda a: replace(a, window=512))
    for base, spec in (("dense", dense), ("experts", experts)):
        read[f"{base} with uncached_attention"] = alternating(spec, Attention, lambda a: replace(a, cached=False))
    for name in ("dense_layers", "multi_token_prediction", "mixed_attention", "uncached_attention"):
        read[f"hybrid with {name}"] = hybrids.hybrid(read[f"experts with {name}"])
    for base in ("dense", "experts", "latent", "hybrid"):
        spec = latent if base == "latent" else read[f"{base} with multi_token_prediction"]
        read[f"{base} with predicted_streams"] = spec.transform(NextTokenInput, lambda n: replace(n, streams=4))
    return read | purposes.specs(read)


VARIATIONS: tuple[tuple[str, type[Any], Callable[[Any], Any]], ...] = (
    ("attention_output_bias", Attention, lambda a: replace(a, o_bias=True)),
    ("media_routers", MixtureOfExperts, lambda m: replace(m, media_routers=2)),
    ("factorized_queries", Attention, lambda a: replace(a, q_lora_rank=24)),
    ("bidirectional_attention", Attention, lambda a: replace(a, causal=False)),
    ("latent_attention_bias", LatentAttention, lambda a: replace(a, bias=True)),
    ("latent_attention_window", LatentAttention, lambda a: replace(a, window=512)),
    ("rotary_key_norm", LatentAttention, lambda a: replace(a, rope_norm=True)),
    ("latent_attention_input_size", LatentAttention, lambda a: replace(a, input_size=2 * a.hidden_size)),
    ("gated_latent_norms", LatentAttention, lambda a: replace(a, norm_gate_rank=16)),
    ("latent_attention_sinks", LatentAttention, lambda a: replace(a, sinks=True)),
    ("borrowed_latents", LatentAttention, lambda a: replace(a, borrows_cache=True)),
    ("latent_attention_score_scales", LatentAttention, lambda a: with_options(a, SCALES)),
    ("normalised_index_input", LatentAttention, lambda a: replace(a, top_k=64, indexer=NORMALISED)),
    ("index_score_scales", LatentAttention, lambda a: replace(a, top_k=64, indexer=SCALED)),
    ("gate_from_queries", LatentAttention, lambda a: replace(a, gate_from_queries=True, q_lora_rank=24)),
    ("chosen_pools", LatentAttention, lambda a: replace(a, top_k=64, top_k_block=16, indexer=POOLED)),
    ("sparse_attention", LatentAttention, lambda a: replace(a, top_k=64, indexer=INDEXER)),
    ("activation", MLP, lambda m: replace(m, activation="gelu")),
    ("expert_activation", MixtureOfExperts, lambda m: replace(m, activation="gelu")),
    ("mlp_bias", MLP, lambda m: replace(m, bias=True)),
    ("mlp_output_bias", MLP, lambda m: replace(m, output_bias=True)),
    ("plain_mlp", MLP, lambda m: replace(m, gated=False)),
    ("layer_norm", Norm, lambda n: replace(n, form="layer")),
    ("norm_bias", Norm, lambda n: replace(n, bias=True)),
    ("a convolved_residual", la.Sublayer, lambda s: replace(s, residual=CONVOLVED)),
    ("an attention_residual", la.Block, lambda b: replace(b, sublayers=(SUMMED, *b.sublayers))),
    ("a message_gate", la.Block, lambda b: replace(b, sublayers=(GATED, *b.sublayers))),
    ("a scaled_residual", la.Sublayer, lambda s: replace(s, residual=ScaledResidual(hidden_size=2048))),
    ("a hyper_connection", la.Sublayer, lambda s: replace(s, residual=HYPER)),
    ("a hyper_head", la.ModelSpec, lambda s: replace(s, inputs=(*s.inputs, HYPER_HEAD))),
    ("norm_gate", Norm, lambda n: replace(n, gate_rank=4)),
    ("conditioned_norm", Norm, lambda n: replace(n, condition_rank=4)),
    ("norm_without_gain", Norm, lambda n: replace(n, gain=False)),
    ("parallel_mixers", la.Block, lambda b: replace(b, sublayers=side_by_side(b.sublayers))),
    ("cross_attention", la.Block, lambda b: replace(b, sublayers=(*b.sublayers, crossing(b.sublayers[0])))),
    ("no_pre_norm", la.Sublayer, lambda s: replace(s, pre_norms=(), post_norms=s.pre_norms)),
    ("position_embedding", la.ModelSpec, lambda s: replace(s, inputs=(*s.inputs, POSITIONS))),
    ("projection", la.ModelSpec, lambda s: replace(s, inputs=(*s.inputs, PROJECTION))),
    ("a stored_tensors", la.ModelSpec, lambda s: replace(s, outputs=(*s.outputs, UNEXPLAINED))),
    ("prompt_tokens", la.Stack, lambda s: replace(s, prompt=8)),
    ("padded_prefill", la.Stack, lambda s: replace(s, pad_to=7)),
    ("a chunk_attention", la.Block, lambda b: replace(b, sublayers=(*b.sublayers, CHUNKED))),
    ("an axial_position_embedding", la.ModelSpec, lambda s: replace(s, inputs=(*s.inputs, AXIAL))),
    ("patch_stacks", la.Stack, lambda s: replace(s, patch_size=4)),
    ("shared_sublayers", la.Sublayer, lambda s: replace(s, weight_sets=1)),
    ("a patch_attention", la.Block, lambda b: replace(b, sublayers=(*b.sublayers, CROSSED))),
    ("a hash_embedding", la.ModelSpec, lambda s: replace(s, inputs=(*s.inputs, HASHED))),
    ("predicting_streams", la.Stack, lambda s: replace(s, streams=3)),
    ("several_predictions", Head, lambda h: replace(h, predictions=2)),
    ("spare_embedding", Embedding, lambda e: replace(e, spare=True)),
    ("a ngram_attention", la.Block, lambda b: replace(b, sublayers=(*b.sublayers, PREDICTING))),
    ("a relative_attention", la.Block, lambda b: replace(b, sublayers=(*b.sublayers, RELATIVE))),
    ("adapter_bias", la.Block, lambda b: replace(b, sublayers=(*b.sublayers, ADAPTED))),
    ("one_token_projection", la.ModelSpec, lambda s: replace(s, outputs=(*s.outputs, POOLER))),
    ("attention_output_norm", Attention, lambda a: replace(a, output_norm=Norm(a.num_attention_heads * a.head_dim))),
    ("attention_gate", Attention, lambda a: replace(a, gate_size=a.num_attention_heads)),
    ("value_norm", Attention, lambda a: replace(a, v_norm=Norm(a.head_dim))),
    ("keys_as_values", Attention, lambda a: replace(a, keys_as_values=True)),
    ("attention_source_size", Attention, lambda a: replace(a, source_size=77)),
    ("block_sparse_attention", Attention, lambda a: replace(a, top_k=64, top_k_block=16, indexer=INDEXER)),
    ("strided_blocks", Attention, lambda a: replace(a, strides=StridedBlocks(size=64, local=4, stride=8))),
    ("unfinished_block", Attention, lambda a: replace(a, top_k=64, top_k_block=16, top_k_tail=True, indexer=POOLED)),
    ("pooled_index", Attention, lambda a: replace(a, top_k=64, top_k_block=16, indexer=POOLED)),
    ("a ngram_input", la.Block, lambda b: replace(b, sublayers=(CHOSEN, *b.sublayers))),
    ("a low_rank_hyper_connection", la.Sublayer, lambda s: replace(s, residual=LOW_RANK)),
    ("borrowed_cache", Attention, lambda a: replace(a, borrows_cache=True)),
    ("key_value_convolution", Attention, lambda a: replace(a, convolution=4)),
    ("convolved_heads", Attention, lambda a: replace(a, channel_kernel=2, head_kernel=3)),
    ("relative_logits", Attention, lambda a: replace(a, relative_size=8, relative_extent=64)),
    ("relative_norm", Attention, lambda a: replace(a, relative_size=8, relative_extent=64, relative_norm=Norm(8))),
    ("dynamic_convolution", Attention, lambda a: replace(a, convolution=4, dynamic_convolution=True)),
    ("projected_sinks", Attention, lambda a: replace(a, sink_projection=True)),
    ("dynamic_mask", Attention, lambda a: replace(a, dynamic_mask=True)),
    ("differential_attention", Attention, lambda a: replace(a, differential=True)),
    ("router_norm", MixtureOfExperts, lambda m: replace(m, router_norm=Norm(m.hidden_size))),
    ("token_table", MixtureOfExperts, lambda m: replace(m, token_table=77)),
    ("shared_expert_banks", MixtureOfExperts, lambda m: replace(m, routed_sets=2)),
    ("identity_experts", MixtureOfExperts, lambda m: replace(m, identity_experts=7)),
    ("router_network", MixtureOfExperts, lambda m: replace(m, router_size=32)),
    ("scored_shared_experts", MixtureOfExperts, lambda m: replace(m, scored_shared_experts=2)),
    ("experts_of_media", MixtureOfExperts, lambda m: replace(m, of_media=replace(m, shared=None))),
    (
        "latent_experts_input_norm",
        MixtureOfExperts,
        lambda m: replace(m, latent_size=64, latent_input_norm=Norm(64)),
    ),
    ("expert_norm", MixtureOfExperts, lambda m: replace(m, expert_norm=Norm(m.hidden_size))),
    ("expert_scales", MixtureOfExperts, lambda m: replace(m, expert_scales=True)),
    ("per_layer_inputs", la.ModelSpec, lambda s: replace(s, inputs=(*s.inputs, PER_LAYER, STREAMS))),
    ("rotary_frequencies", la.ModelSpec, lambda s: replace(s, inputs=(*s.inputs, RotaryFrequencies(size=32)))),
    ("initial_state", la.ModelSpec, lambda s: replace(s, inputs=(*s.inputs, InitialState(hidden_size=2048)))),
    ("a per_layer_input", la.Block, lambda b: replace(b, sublayers=(*b.sublayers, *LAST))),
    ("attention_gate_bias", Attention, lambda a: replace(a, gate_size=a.num_attention_heads, gate_bias=True)),
    ("attention_gate_factors", Attention, lambda a: gated(a, factors=True)),
    ("attention_sinks", Attention, lambda a: replace(a, sinks=True)),
    ("value_head_dim", Attention, lambda a: replace(a, value_head_dim=40)),
    ("keys_without_bias", Attention, lambda a: replace(a, qkv_bias=True, key_bias=False)),
    ("mlp_norm", MLP, lambda m: replace(m, inner_norm=Norm(m.intermediate_size))),
    ("mlp_factors", MLP, lambda m: replace(m, factors=True)),
    ("trained_activation", MLP, lambda m: replace(m, activation_parameters=2)),
    ("router_bias", MixtureOfExperts, lambda m: replace(m, router_bias=True)),
    ("experts_output_bias", MixtureOfExperts, lambda m: replace(m, output_bias=True)),
    ("expert_bias", MixtureOfExperts, lambda m: replace(m, expert_bias=True)),
    ("plain_experts", MixtureOfExperts, lambda m: replace(m, gated=False)),
    ("shared_expert_gate", MixtureOfExperts, lambda m: replace(m, shared_gate=True)),
    ("head_bias", Head, lambda h: replace(h, bias=True)),
    ("head_constant_bias", Head, lambda h: replace(h, constant_bias=True)),
    ("head_spare_bias", Head, lambda h: replace(h, spare_bias=True)),
    ("logit_softcap", Head, lambda h: replace(h, softcap=30.0)),
    ("tied_embeddings", Head, lambda h: replace(h, weight_of="embedding")),
    ("partial_rotary", Attention, lambda a: replace(a, rotary_fraction=0.5)),
    ("attention_softcap", Attention, lambda a: replace(a, softcap=50.0)),
    ("attention_bias", Attention, lambda a: replace(a, qkv_bias=True)),
    ("sliding_window", Attention, lambda a: replace(a, window=512)),
    ("attention_sink_keys", Attention, lambda a: with_options(a, SINK_KEYS)),
    ("several_sink_keys", Attention, lambda a: with_options(a, replace(SINK_KEYS, count=8))),
    ("sink_values", Attention, lambda a: with_options(a, replace(SINK_KEYS, value_dim=64))),
    ("attention_score_scales", Attention, lambda a: with_options(a, SCALES)),
    ("first_run_attention", Attention, lambda a: with_options(a, FIRST_RUN)),
    ("memory_blocks", Attention, lambda a: with_options(a, MEMORY)),
    ("routed_values", Attention, lambda a: with_options(a, ROUTED)),
    ("uneven_windows", Attention, lambda a: replace(a, causal=False, window=512, later_window=100)),
    ("all_but_one_token", la.ModelSpec, lambda s: replace(s, inputs=(*s.inputs, replace(PROJECTION, but_one=True)))),
    ("stacks_by_mode", la.Stack, lambda s: replace(s, mode="extend")),
    ("leading_tokens", la.ModelSpec, lambda s: leading(s)),
    ("merged_source", Attention, lambda a: replace(a, merges_source=True)),
    ("attention_of_blocks", Attention, lambda a: replace(a, block=4)),
    ("chunked_attention", Attention, lambda a: replace(a, window=512, chunked=True)),
    ("chunks_before", Attention, lambda a: replace(a, window=512, chunked=True, chunks=2)),
    ("score_correction_bias", MixtureOfExperts, lambda m: replace(m, score_correction_bias="buffer")),
    ("post_norms", la.Sublayer, lambda s: replace(s, post_norms=s.pre_norms)),
    ("self_conditioning", la.ModelSpec, lambda s: replace(s, inputs=(*s.inputs, CONDITIONED))),
    (
        "encoder_of_words",
        la.ModelSpec,
        lambda s: replace(s, stacks=(*s.stacks, replace(encoding("tokens"), source=True))),
    ),
    ("canvas", la.ModelSpec, lambda s: replace(s, canvas=256)),
    ("vision_tower", la.ModelSpec, lambda s: replace(s, stacks=(*s.stacks, encoding("patches")))),
    ("audio_tower", la.ModelSpec, lambda s: replace(s, stacks=(*s.stacks, encoding("frames")))),
)


ADAPTED = la.Sublayer((Adapter(input_size=2048, rank=16, output_size=2048, copies=3, bias=True),), (Norm(2048),))
RELATIVE = la.Sublayer((RelativeAttention(hidden_size=2048, num_attention_heads=16, head_dim=64),), (Norm(2048),))
PREDICTING = la.Sublayer(
    (NgramAttention(hidden_size=2048, num_attention_heads=16, head_dim=64, ngram=2, num_buckets=9),), (Norm(2048),)
)
CHUNKED = la.Sublayer(
    (ChunkAttention(hidden_size=2048, num_attention_heads=16, head_dim=64, chunk_length=50, chunks_before=1),),
    (Norm(2048),),
)
AXIAL = AxialPositionEmbedding(shape=(9, 8), sizes=(1000, 1048))
CROSSED = la.Sublayer(
    (PatchAttention(hidden_size=2048, num_attention_heads=16, num_key_value_heads=4, head_dim=64,
                    patch_size=4, states=2, queries="tokens"),)
)  # fmt: skip
HASHED = HashEmbedding(rows=99, hidden_size=2048, count=3)
POOLER = Projection(input_size=2048, output_size=2048, one_token=True)
POSITIONS = PositionEmbedding(positions=77, hidden_size=2048)
CONDITIONED = SelfConditioning(vocab_size=77, network=MLP(hidden_size=2048, intermediate_size=96))
PER_LAYER = PerLayerEmbedding(vocab_size=77, hidden_size=2048, layers=2, width=16)
RETRIEVED = RetrievedExperts(hidden_size=2048, num_experts=100, num_experts_per_tok=3, num_keys=10)
LAST = (
    la.Sublayer((PerLayerInput(hidden_size=2048, width=16),), (Norm(2048),)),
    la.Sublayer((Scale(size=1),), skip=False),
    la.Sublayer((AlternatingUpdates(hidden_size=2048, streams=3),), skip=False),
    la.Sublayer((RETRIEVED,), (Norm(2048),), residual=Scale(size=2048)),
)
STREAMS = StreamProjections(hidden_size=2048, count=2)
CONVOLVED = ConvolvedResidual(hidden_size=2048, conv_kernel=4, scaled=True)
SUMMED = la.Sublayer((AttentionResidual(hidden_size=2048, sources=3, queries=2),), skip=False)
GATED = la.Sublayer((MessageGate(hidden_size=2048, rank=16),), skip=False)
HYPER = HyperConnection(hidden_size=2048, streams=3)
HYPER_HEAD = HyperHead(hidden_size=2048, streams=3)
INDEXER = Indexer(hidden_size=7168, query_size=1536, num_heads=3, head_dim=20, k_norm=Norm(20))
POOLED = replace(INDEXER, pool=16)
NORMALISED = replace(INDEXER, input_norm=Norm(1536))
SCALED = replace(INDEXER, score_scales=True)
LOW_RANK = LowRankHyperConnection(hidden_size=2048, streams=3, rank=7)
CHOSEN = la.Sublayer(
    (NgramInput(hidden_size=2048, streams=3, table_rows=999, heads=4, width=64, ngram_size=3, conv_kernel=4),)
)
PROJECTION = Projection(input_size=2048, output_size=2048)


def leading(spec: la.ModelSpec) -> la.ModelSpec:
    """The same with a canvas whose first token sees none of the others."""
    return replace(spec.transform(Attention, lambda a: replace(a, leading=1)), canvas=256)


def encoding(axis: str) -> la.Stack:
    """An encoder over another axis than tokens."""
    layer = la.Sublayer((MLP(hidden_size=48, intermediate_size=96),), (Norm(48),))
    return la.Stack("tower", (la.Block("layer", (layer,)),), (0, 0), axis=axis)


def crossing(sublayer: la.Sublayer) -> la.Sublayer:
    """The same sublayer over an encoder's output."""
    return replace(sublayer, from_encoder=True)


def side_by_side(sublayers: tuple[la.Sublayer, ...]) -> tuple[la.Sublayer, ...]:
    """The mixers of all sublayers in one, if they are only those that add to their input."""
    if not all(sublayer.skip for sublayer in sublayers):
        return sublayers
    mixers = tuple(mixer for sublayer in sublayers for mixer in sublayer.mixers)
    return (la.Sublayer(mixers, sublayers[0].pre_norms),)


def compressing(sublayer: la.Sublayer) -> la.Sublayer:
    """A sublayer of compressed attention in place of the usual one."""
    if not isinstance(sublayer.mixers[0], Attention):
        return sublayer
    sizes = {"head_dim": 64, "q_lora_rank": 24, "output_groups": 2, "output_rank": 48, "window": 512}
    indexer = CompressedIndexer(hidden_size=2048, query_size=24, num_heads=3, head_dim=20, compress_rate=4)
    mixer = CompressedAttention(
        hidden_size=2048, num_attention_heads=8, compress_rate=4, top_k=64, indexer=indexer, **sizes
    )
    return replace(sublayer, mixers=(mixer,))


def chosen_heads(sublayer: la.Sublayer) -> la.Sublayer:
    """A sublayer of experts' attention in place of the usual one."""
    if not isinstance(sublayer.mixers[0], Attention):
        return sublayer
    sizes = {"num_experts": 8, "num_experts_per_tok": 2, "num_key_value_heads": 4, "head_dim": 64}
    return replace(sublayer, mixers=(MixtureOfAttention(hidden_size=2048, **sizes),))


def predicting(spec: la.ModelSpec, hidden: int) -> la.ModelSpec:
    """A spec with a prediction module whose layer is that of the model."""
    (stack,) = spec.stacks
    join = la.Sublayer((NextTokenInput(hidden_size=hidden),), skip=False)
    module = la.Block("module", (join, *stack.blocks[0].sublayers))
    return replace(spec, stacks=(stack, la.Stack("mtp", (module,), (0,), optional=True)))


def alternating(spec: la.ModelSpec, kind: type[Component], change: Callable[[Any], Component]) -> la.ModelSpec:
    """A spec in which the mixer of a kind is another in every second layer."""
    (stack,) = spec.stacks
    (block,) = stack.blocks
    sublayers = tuple(
        replace(s, mixers=tuple(change(m) if isinstance(m, kind) else m for m in s.mixers)) for s in block.sublayers
    )
    order = tuple(i % 2 for i in range(len(stack.order)))
    blocks = (block, la.Block("other", sublayers))
    return replace(spec, stacks=(replace(stack, blocks=blocks, order=order),))


SPECS = specs()


@pytest.mark.parametrize("kind", every_kind())
def test_every_kind_of_component_has_a_lowering(kind: type[Component]) -> None:
    assert kind in BUILT_IN
    assert callable(BUILT_IN[kind])


def test_no_two_features_have_one_name() -> None:
    modules = [import_module(f"llmsim_adapters.spec.features.{name}") for name in MODULES.values()]
    names = [feature.name for module in modules for feature in module.FEATURES]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("feature", [feature.name for feature in FEATURES])
def test_every_feature_is_modelled_or_listed_as_not_modelled(feature: str) -> None:
    assert any(feature in builder.requirements.features for builder in BUILDERS) != (feature in NOT_MODELLED)


@pytest.mark.parametrize("feature", [feature for feature in FEATURES if feature.group], ids=str)
def test_a_group_of_features_is_a_kind_of_component_or_a_known_one(feature: la.Feature[Any]) -> None:
    assert feature.group in {*GROUPS, *(kind.kind for kind in every_kind())}


@pytest.mark.parametrize("builder", BUILDERS, ids=lambda builder: builder.name)
class TestRequirements:
    def test_it_models_all_features_of_its_components_and_each_occurs(self, builder: type[la.Builder]) -> None:
        """Each in a spec that the kit then asks for the feature's bearing on the figures."""
        models = builder.requirements.features
        kinds = {kind.kind for kind in every_kind()}
        assert models == {f.name for f in FEATURES if FEATURES.group(f.name) in builder.requirements.components} | {
            f.name for f in FEATURES if FEATURES.group(f.name) not in kinds
        }
        assert models == set(by_feature(in_full(SPECS, builder.requirements)))

    def test_features_are_known_and_of_what_the_builder_models(self, builder: type[la.Builder]) -> None:
        kinds = set(every_kind())
        for name in builder.requirements.features:
            on = FEATURES[name].on
            assert on not in kinds or on.kind in builder.requirements.components, name

    def test_components_have_lowerings_and_occur(self, builder: type[la.Builder]) -> None:
        declared = builder.requirements.components
        assert declared <= {kind.kind for kind in every_kind()}
        occurring = {
            component.kind
            for spec in SPECS.values()
            if language_category(spec, spec.language_model().nodes()) in builder.requirements.categories
            for component in spec.components()
        }
        assert declared == occurring & declared
        assert declared == occurring

    def test_it_only_declares(self, builder: type[la.Builder]) -> None:
        assert {name for name in vars(builder) if not name.startswith("__")} == {"name", "requirements"}


def test_each_category_has_one_builder_but_that_of_models_that_are_built_by_their_language_model() -> None:
    categories = [category for builder in BUILDERS for category in builder.requirements.categories]
    assert sorted(categories) == sorted(set(la.Category) - {la.Category.MULTIMODAL})


@pytest.mark.parametrize("path", sorted(Path(ROOT / "builders" / "llmsim_builders").glob("*.py")), ids=lambda p: p.name)
def test_a_builder_is_short_and_needs_no_more_than_the_public_package(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 80
    assert "llmsim_adapters." not in text
    assert "import llmsim_adapters as la" in text or "class" not in text


class TestListing:
    """`la.builders()`."""

    def test_built_ins_come_through_the_entry_point_group_like_anyone(self) -> None:
        (entry_point,) = (
            e for e in entry_points(group="llmsim_adapters") if e.dist and e.dist.name == "llmsim-adapters"
        )
        assert entry_point.load() is llmsim_builders
        assert hasattr(REGISTER, "llmsim_adapters_impl")

    def test_each_builder_has_a_distribution_a_version_and_requirements(self) -> None:
        listed = la.builders()
        assert [entry.name for entry in listed.registered] == sorted(entry.name for entry in listed.registered)
        found = {entry.name: entry for entry in listed.registered}
        for builder in BUILDERS:
            entry = found[builder.name]
            assert (entry.distribution, entry.version) == ("llmsim-adapters", la.__version__)
            assert entry.requirements == builder.requirements
            assert entry.built_in
            assert isinstance(entry.builder, builder)

    def test_it_is_the_same_at_every_call(self) -> None:
        assert la.builders() == la.builders()


@pytest.mark.parametrize(
    ("flags", "beside", "expected"),
    [
        ({"recurrent": True}, (), la.Category.SSM),
        ({"recurrent": True}, (Attention,), la.Category.HYBRID),
        ({"attends": True}, (), la.Category.DENSE),
        ({}, (Attention, MixtureOfExperts), la.Category.MOE),
    ],
)
def test_a_new_kind_of_mixer_says_itself_what_its_models_are(
    flags: dict[str, bool], beside: tuple[type[la.Component], ...], expected: la.Category
) -> None:
    kind = type("Mixer", (la.Component,), {"kind": "new_mixer", "__slots__": (), **flags})
    assert text_category({kind, *beside}) is expected
