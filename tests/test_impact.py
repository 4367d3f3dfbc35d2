"""Impact: how far the figures of a builder that models less are from the right ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import llmsim_adapters as la
from llmsim_adapters.evaluation.impact import TOKENS
from tests.plugins import distributions
from tests.plugins.distributions import Plugins, model

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MISTRAL = "mistralai/Mistral-7B-v0.1"
MOST = """
BUILT_IN = __import__("llmsim_builders").{builder}.requirements
class Acme(la.Builder):
    name = "acme"
    requirements = la.Requirements(
        categories=BUILT_IN.categories,
        parameters=BUILT_IN.parameters,
        parameters_of=BUILT_IN.parameters_of,
        components=BUILT_IN.components,
        features=BUILT_IN.features - {left_out},
    )
"""


@pytest.fixture
def plugins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Plugins]:
    yield from distributions.plugins(tmp_path, monkeypatch)


def all_but(*features: str, builder: str = "Qwen3") -> str:
    """A builder that models everything that a built-in one does, but for some features."""
    return MOST.format(builder=builder, left_out=set(features))


def claim(coverage: la.Coverage, builder: str = "acme") -> la.Claim:
    (found,) = (c for c in coverage.claims if c.builder == builder)
    return found


def impact(plugins: Plugins, source: str, feature: str, builder: str = "Qwen3") -> la.Impact:
    """The impact of leaving a feature out, as the claim's only gap shows it."""
    coverage = model(source, plugins.install(all_but(feature, builder=builder)).load()).coverage
    assert coverage.status is la.Status.FULLY_SUPPORTED
    (gap,) = claim(coverage).gaps
    assert (gap.kind, gap.name) == (la.GapKind.UNSUPPORTED_FEATURE, feature)
    assert gap.impact is not None
    assert gap.impact.tokens == TOKENS == 32768
    return gap.impact


def test_a_dense_builder_without_sliding_window_keeps_eight_times_the_cache_of_mistral(plugins: Plugins) -> None:
    found = impact(plugins, MISTRAL, "sliding_window")
    assert found == la.Impact(parameters=1.0, flops=1.0, kv_cache=32768 / 4096, tokens=32768)


def test_without_tied_embeddings_the_table_is_counted_twice(plugins: Plugins) -> None:
    # google/gemma-2b: 2,506,172,416 parameters, vocabulary 256,000, hidden size 2048.
    found = impact(plugins, "google/gemma-2b", "tied_embeddings")
    assert found.parameters == (2_506_172_416 + 256_000 * 2048) / 2_506_172_416
    assert (found.flops, found.kv_cache) == (1.0, 1.0)


def test_with_one_attention_for_all_layers_gemma_2_keeps_more(plugins: Plugins) -> None:
    # Half of the layers keep 4096 of 32768 tokens, the other half all: (1 + 1) / (1 + 1/8).
    found = impact(plugins, "google/gemma-2-2b", "mixed_attention")
    assert (found.parameters, found.kv_cache) == (1.0, 2 / (1 + 1 / 8))


def test_without_dense_layers_every_layer_has_experts(plugins: Plugins) -> None:
    # DeepSeek-V3: 3 of 61 layers are dense, of 18432; an expert, also the shared one, is of 2048. Per token 8 + 1
    # experts are as wide as a dense layer, so that only the router is more work.
    found = impact(plugins, "deepseek-ai/DeepSeek-V3", "dense_layers", "DeepseekV3")
    more = 3 * (257 * 3 * 7168 * 2048 + 256 * 7168 - 3 * 7168 * 18432)
    right = 671_026_404_352 + la.build("deepseek-ai/DeepSeek-V3", offline=True).mtp_parameters
    assert found.parameters == (right + more) / right
    assert 1.0 < found.flops < 1.0001
    assert found.kv_cache == 1.0


def test_without_shared_experts_there_is_less(plugins: Plugins) -> None:
    found = impact(plugins, "deepseek-ai/DeepSeek-V3", "shared_experts", "DeepseekV3")
    assert found.parameters < 1.0
    assert found.flops < 1.0


@pytest.mark.parametrize("feature", ["logit_softcap", "attention_softcap", "activation"])
def test_what_costs_nothing_has_no_impact_on_a_figure(feature: str, plugins: Plugins) -> None:
    assert impact(plugins, "google/gemma-2-2b", feature)[:3] == (1.0, 1.0, 1.0)


def test_each_gap_has_an_impact_of_its_own(plugins: Plugins) -> None:
    loaded = plugins.install(all_but("qk_norm", "attention_bias", "tied_embeddings", "sliding_window")).load()
    (gap,) = claim(model(MISTRAL, loaded).coverage).gaps
    assert gap.name == "sliding_window"
    gaps = claim(model("google/gemma-2-2b", loaded).coverage).gaps
    impacts = {gap.name: gap.impact for gap in gaps}
    assert set(impacts) == {"sliding_window", "tied_embeddings"}
    assert all(impacts.values())
    assert impacts["sliding_window"] != impacts["tied_embeddings"]


class TestUnknown:
    """Where there are no right figures to compare with, the impact is unknown, and not 1."""

    def test_nobody_models_the_feature(self, plugins: Plugins) -> None:
        loaded = plugins.install(all_but("sliding_window")).load()
        del loaded.builders["qwen3"]
        coverage = model(MISTRAL, loaded).coverage
        assert coverage.builder == "acme"
        assert [(gap.name, gap.impact) for gap in coverage.gaps] == [("sliding_window", None)]

    def test_an_unread_key(self) -> None:
        config = {**la.load(MISTRAL, offline=True).config.data, "warp_factor": 9}
        (gap,) = la.evaluate(config).gaps
        assert (gap.kind, gap.impact) == (la.GapKind.UNREAD_KEY, None)

    def test_the_only_full_claim_is_on_a_plugins_own_word(self, plugins: Plugins) -> None:
        word = "class Acme(Acme):\n    def claim(self, reading, claim): return claim._replace(gaps=())"
        plugins.install("REQUIREMENTS = None\n" + all_but("sliding_window") + word)
        plugins.install(all_but("sliding_window") + "    name = 'beta'\n", name="beta")
        loaded = plugins.load()
        del loaded.builders["qwen3"]
        coverage = model(MISTRAL, loaded).coverage
        assert coverage.builder == "acme"
        assert [gap.impact for gap in claim(coverage, "beta").gaps] == [None]

    @pytest.mark.parametrize("body", ["1 / 0", "return None", "time.sleep(60)"])
    def test_the_builder_fails_and_costs_no_other_its_impact(
        self, body: str, plugins: Plugins, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        plugins.install(all_but("sliding_window") + f"    def build(self, spec, schedule, wire): {body}\n")
        plugins.install(all_but("sliding_window") + "    name = 'beta'\n", name="beta")
        loaded = plugins.load()
        monkeypatch.setenv("LLMSIM_ADAPTERS_PLUGIN_TIMEOUT", "0.2")
        coverage = model(MISTRAL, loaded).coverage
        assert [gap.impact for gap in claim(coverage).gaps] == [None]
        (gap,) = claim(coverage, "beta").gaps
        assert gap.impact is not None
        assert gap.impact.kv_cache == 8.0

    def test_the_best_full_claim_fails_and_the_next_gives_the_right_figures(self, plugins: Plugins) -> None:
        more = "    requirements = REQUIREMENTS\n    def build(self, spec, schedule, wire): 1 / 0\n"
        plugins.install(f"class Acme(la.Builder):\n    name = 'acme'\n{more}", name="first")
        plugins.install(all_but("sliding_window") + "    name = 'beta'\n", name="beta")
        coverage = model(MISTRAL, plugins.load()).coverage
        assert coverage.builder == "qwen3"
        (gap,) = claim(coverage, "beta").gaps
        assert gap.impact is not None
        assert gap.impact.kv_cache == 8.0
