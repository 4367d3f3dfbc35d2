"""The built-in builders: what they declare is true, and it is declared as anyone's is."""

from __future__ import annotations

from dataclasses import replace
from importlib.metadata import entry_points
from pathlib import Path
from typing import TYPE_CHECKING, Any

import llmsim_builders
import pytest

import llmsim_adapters as la
from llmsim_adapters.lowerings.built_in import BUILT_IN as LOWERINGS
from llmsim_adapters.lowerings.wiring import wire
from llmsim_adapters.sources import bundled_ids
from llmsim_adapters.spec.category import text_category
from llmsim_adapters.spec.components import (
    MLP,
    Attention,
    Component,
    Head,
    LatentAttention,
    MixtureOfExperts,
    Norm,
    PositionEmbedding,
)
from llmsim_adapters.spec.features import BUILT_IN as BUILT_IN_FEATURES
from llmsim_adapters.spec.features import Features
from tests.hub.fixtures import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable

REGISTER = llmsim_builders.llmsim_register_builders
BUILDERS: list[type[la.Builder]] = REGISTER()
FEATURES = Features()
NOT_MODELLED: frozenset[str] = frozenset()
"""Features that are told apart and that no built-in builder models; each is a gap wherever it occurs."""

# Schedules under which a feature can show: beyond every window of the 19, in both modes, with the optional stack.
SCHEDULES = (
    la.Schedule(batch_size=2, seq_len=9000, logits="all", mtp=True),
    la.Schedule(batch_size=2, context_len=9000, mode="decode", mtp=True),
)


def specs() -> dict[str, la.ModelSpec]:
    """The specs of the 19, and variations of three of them with the features that these don't have."""
    found = {source: la.load(source, offline=True).spec for source in bundled_ids()}
    read = {source: spec for source, spec in found.items() if spec is not None}
    assert len(read) == len(found) == 19
    dense, experts, latent = (read[s] for s in ("Qwen/Qwen3-8B", "Qwen/Qwen3-30B-A3B", "deepseek-ai/DeepSeek-V3"))
    mlp = MLP(hidden_size=2048, intermediate_size=96)
    shared = experts.transform(MixtureOfExperts, lambda m: replace(m, shared=mlp))
    for base, spec in (("dense", dense), ("experts", shared), ("latent", latent)):
        for name, kind, change in VARIATIONS:
            read[f"{base} with {name}"] = spec.transform(kind, change)
        read[f"{base} with quantized_weights"] = replace(spec, quantization=latent.quantization)
    read["experts with shared_experts"] = shared
    read["experts with dense_layers"] = alternating(experts, MixtureOfExperts, lambda _: mlp)
    read["experts with mixed_attention"] = alternating(experts, Attention, lambda a: replace(a, window=512))
    return read


VARIATIONS: tuple[tuple[str, type[Any], Callable[[Any], Any]], ...] = (
    ("attention_output_bias", Attention, lambda a: replace(a, o_bias=True)),
    ("bidirectional_attention", Attention, lambda a: replace(a, causal=False)),
    ("latent_attention_bias", LatentAttention, lambda a: replace(a, bias=True)),
    ("activation", MLP, lambda m: replace(m, activation="gelu")),
    ("expert_activation", MixtureOfExperts, lambda m: replace(m, activation="gelu")),
    ("mlp_bias", MLP, lambda m: replace(m, bias=True)),
    ("plain_mlp", MLP, lambda m: replace(m, gated=False)),
    ("layer_norm", Norm, lambda n: replace(n, form="layer")),
    ("norm_bias", Norm, lambda n: replace(n, bias=True)),
    ("norm_without_gain", Norm, lambda n: replace(n, gain=False)),
    ("parallel_mixers", la.Block, lambda b: replace(b, sublayers=side_by_side(b.sublayers))),
    ("no_pre_norm", la.Sublayer, lambda s: replace(s, pre_norms=(), post_norms=s.pre_norms)),
    ("position_embedding", la.ModelSpec, lambda s: replace(s, inputs=(*s.inputs, POSITIONS))),
    ("attention_output_norm", Attention, lambda a: replace(a, output_norm=Norm(a.num_attention_heads * a.head_dim))),
    ("attention_gate", Attention, lambda a: replace(a, gate_size=a.num_attention_heads)),
    ("attention_sinks", Attention, lambda a: replace(a, sinks=True)),
    ("value_head_dim", Attention, lambda a: replace(a, value_head_dim=40)),
    ("keys_without_bias", Attention, lambda a: replace(a, qkv_bias=True, key_bias=False)),
    ("mlp_norm", MLP, lambda m: replace(m, inner_norm=Norm(m.intermediate_size))),
    ("trained_activation", MLP, lambda m: replace(m, activation_parameters=2)),
    ("router_bias", MixtureOfExperts, lambda m: replace(m, router_bias=True)),
    ("expert_bias", MixtureOfExperts, lambda m: replace(m, expert_bias=True)),
    ("plain_experts", MixtureOfExperts, lambda m: replace(m, gated=False)),
    ("shared_expert_gate", MixtureOfExperts, lambda m: replace(m, shared_gate=True)),
    ("head_bias", Head, lambda h: replace(h, bias=True)),
    ("logit_softcap", Head, lambda h: replace(h, softcap=30.0)),
    ("tied_embeddings", Head, lambda h: replace(h, weight_of="embedding")),
    ("partial_rotary", Attention, lambda a: replace(a, rotary_fraction=0.5)),
    ("attention_softcap", Attention, lambda a: replace(a, softcap=50.0)),
    ("attention_bias", Attention, lambda a: replace(a, qkv_bias=True)),
    ("sliding_window", Attention, lambda a: replace(a, window=512)),
    ("score_correction_bias", MixtureOfExperts, lambda m: replace(m, score_correction_bias="buffer")),
    ("post_norms", la.Sublayer, lambda s: replace(s, post_norms=s.pre_norms)),
)


POSITIONS = PositionEmbedding(positions=77, hidden_size=2048)


def side_by_side(sublayers: tuple[la.Sublayer, ...]) -> tuple[la.Sublayer, ...]:
    """The mixers of all sublayers in one, if they are only those that add to their input."""
    if not all(sublayer.skip for sublayer in sublayers):
        return sublayers
    mixers = tuple(mixer for sublayer in sublayers for mixer in sublayer.mixers)
    return (la.Sublayer(mixers, sublayers[0].pre_norms),)


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


def occurrences(builder: type[la.Builder], feature: str) -> list[str]:
    """The specs with a feature that a builder claims in full."""
    requirements = builder.requirements
    return [
        name
        for name, spec in SPECS.items()
        if text_category({component.kind for component in spec.components()}) in requirements.categories
        and FEATURES.of(spec) <= requirements.features
        and feature in FEATURES.of(spec)
    ]


def figures(spec: la.ModelSpec) -> list[Any]:
    """Everything that a graph says, under schedules that show every feature."""
    graphs = [wire(spec, schedule) for schedule in SCHEDULES]
    return [(graph.operators, graph.weights, graph.caches, graph.routing) for graph in graphs]


def totals(spec: la.ModelSpec) -> list[Any]:
    return [
        (
            g.parameters,
            g.mtp_parameters,
            g.buffers,
            g.active_parameters,
            g.flops,
            g.flops_executed,
            g.weight_bytes,
            g.kv_cache_elements(9000),
            g.kv_cache_elements_per_token,
            sum(operator.bytes for operator in g.operators),
        )
        for g in (wire(spec, schedule) for schedule in SCHEDULES)
    ]


@pytest.mark.parametrize(
    ("builder", "feature"),
    [(builder, feature) for builder in BUILDERS for feature in sorted(builder.requirements.features)],
    ids=lambda value: value if isinstance(value, str) else value.name,
)
def test_every_declared_feature_changes_the_figures_or_says_why_it_does_not(
    builder: type[la.Builder], feature: str
) -> None:
    sources = occurrences(builder, feature)
    assert sources, f"no spec exercises `{feature}` of {builder.name}"
    for source in sources:
        spec = SPECS[source]
        without = FEATURES.without(spec, (feature,))
        assert feature not in FEATURES.of(without)
        assert without != spec
        if FEATURES[feature].costless is None:
            assert figures(without) != figures(spec), source
            assert totals(without) != totals(spec), source
        else:
            assert FEATURES[feature].costless
            assert figures(without) == figures(spec), source


@pytest.mark.parametrize("feature", [feature.name for feature in BUILT_IN_FEATURES])
def test_every_feature_is_modelled_or_listed_as_not_modelled(feature: str) -> None:
    assert any(feature in builder.requirements.features for builder in BUILDERS) != (feature in NOT_MODELLED)


@pytest.mark.parametrize("builder", BUILDERS, ids=lambda builder: builder.name)
class TestRequirements:
    def test_features_are_known_and_of_what_the_builder_models(self, builder: type[la.Builder]) -> None:
        kinds = {kind for kind in LOWERINGS if issubclass(kind, Component)}
        for name in builder.requirements.features:
            on = FEATURES[name].on
            assert on not in kinds or on.kind in builder.requirements.components, name

    def test_components_have_lowerings_and_occur(self, builder: type[la.Builder]) -> None:
        declared = builder.requirements.components
        assert declared <= {kind.kind for kind in LOWERINGS if issubclass(kind, Component)}
        occurring = {
            component.kind
            for spec in SPECS.values()
            if text_category({component.kind for component in spec.components()}) in builder.requirements.categories
            for component in spec.components()
        }
        assert declared == occurring & declared
        assert declared == occurring

    def test_it_only_declares(self, builder: type[la.Builder]) -> None:
        assert {name for name in vars(builder) if not name.startswith("__")} == {"name", "requirements"}


def test_each_text_category_of_decoders_has_one_builder() -> None:
    categories = [category for builder in BUILDERS for category in builder.requirements.categories]
    assert sorted(categories) == ["dense", "mla", "mla_moe", "moe"]


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
