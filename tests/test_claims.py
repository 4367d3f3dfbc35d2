"""Claims: what follows from requirements, and which of several claims is the best."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

import pytest

import llmsim_adapters as la
from llmsim_adapters.plugins.claim import standing
from llmsim_adapters.plugins.manager import installed as installed_plugins
from llmsim_adapters.plugins.manager import load
from tests.plugins import distributions
from tests.plugins.distributions import Plugins, model

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from llmsim_adapters.plugins.registered import Registered

MISTRAL = "mistralai/Mistral-7B-v0.1"
GAP = la.Gap(la.GapKind.UNSUPPORTED_FEATURE, "x", "")

MODELS: dict[tuple[str, la.Category], Any] = {
    ("qwen3", la.Category.DENSE): "Qwen/Qwen3-8B",
    ("qwen3_moe", la.Category.MOE): "Qwen/Qwen3-30B-A3B",
    ("deepseek_v3", la.Category.MLA_MOE): "deepseek-ai/DeepSeek-V3",
    ("deepseek_v3", la.Category.MLA): {
        "model_type": "minicpm3",
        "architectures": ["MiniCPM3ForCausalLM"],
        "vocab_size": 100,
        "hidden_size": 48,
        "intermediate_size": 80,
        "num_hidden_layers": 3,
        "num_attention_heads": 4,
        "num_key_value_heads": 4,
        "kv_lora_rank": 12,
        "q_lora_rank": 20,
        "qk_nope_head_dim": 6,
        "qk_rope_head_dim": 4,
        "v_head_dim": 6,
        "scale_emb": 12,
        "scale_depth": 1.4,
        "dim_model_base": 16,
    },
    ("hybrid", la.Category.HYBRID): {"model_type": "qwen3_next", "architectures": ["Qwen3NextForCausalLM"]},
    ("hybrid", la.Category.SSM): {"model_type": "mamba", "architectures": ["MambaForCausalLM"]},
    ("encoder", la.Category.ENCODER): "BAAI/bge-large-en",
    ("encoder", la.Category.EMBEDDER): "intfloat/e5-mistral-7b-instruct",
    ("classifier", la.Category.CLASSIFIER): "BAAI/bge-reranker-v2-m3",
    ("draft", la.Category.DRAFT): "SpecForge/qwen3-8b-dflash",
}


def built_ins() -> Registered:
    return load(installed_plugins()[0], {"LLMSIM_ADAPTERS_PLUGINS": ""})


@pytest.fixture
def plugins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Plugins]:
    yield from distributions.plugins(tmp_path, monkeypatch)


class TestRank:
    BEST_FIRST = (
        la.Claim("z", claims=True, required=1),
        la.Claim("a", claims=True, required=9, asserted=True),
        la.Claim("b", claims=True, required=1, asserted=True),
        la.Claim("z", claims=True, gaps=(GAP,), required=9),
        la.Claim("a", claims=True, gaps=(GAP,), required=3),
        la.Claim("b", claims=True, gaps=(GAP,), required=3),
        la.Claim("a", claims=True, gaps=(GAP, GAP), required=99),
        la.Claim("z", claims=False, gaps=(GAP,)),
        la.Claim("a", claims=False, missing_parameters=("p", "q")),
        la.Claim("b", claims=False, missing_parameters=("p",), gaps=(GAP,)),
        la.Claim("a", claims=False, missing_parameters=("p",), gaps=(GAP, GAP)),
    )

    @pytest.mark.parametrize(("better", "worse"), list(pairwise(BEST_FIRST)))
    def test_claiming_then_fewer_gaps_then_by_requirements_then_more_specific_then_by_name(
        self, better: la.Claim, worse: la.Claim
    ) -> None:
        assert better.rank() < worse.rank()

    def test_it_does_not_depend_on_the_order_of_asking(self) -> None:
        asked_last_first = list(reversed(self.BEST_FIRST))
        assert sorted(asked_last_first, key=la.Claim.rank) == list(self.BEST_FIRST)

    def test_the_claims_of_a_coverage_are_in_this_order(self) -> None:
        claims = la.evaluate(MISTRAL, offline=True).claims
        assert list(claims) == sorted(claims, key=la.Claim.rank)


class TestRequirements:
    @pytest.mark.parametrize(
        ("name", "category", "parameter"),
        [
            (entry.name, category, parameter)
            for entry in built_ins().builders.values()
            for category in sorted(entry.requirements.categories)
            for parameter in entry.requirements.required(category)
        ],
    )
    def test_taking_a_required_parameter_away_refuses_and_names_it(
        self, name: str, category: la.Category, parameter: str
    ) -> None:
        registered = built_ins()
        requirements = registered.builders[name].requirements
        reading = model(MODELS[name, category], registered).reading
        assert reading.spec is not None
        kinds = {component.kind for component in reading.spec.components()}
        features = registered.features.among(reading.spec.nodes())
        whole = standing(name, requirements, reading, category, kinds, features).claim()
        assert whole == la.Claim(name, claims=True, required=len(requirements.required(category)))
        left = {key: value for key, value in reading.parameters.items() if key != parameter}
        claim = standing(name, requirements, replace(reading, parameters=left), category, kinds, features).claim()
        assert (claim.claims, claim.missing_parameters) == (False, (parameter,))

    def test_another_category_is_refused_with_both_names(self) -> None:
        (claim,) = (c for c in la.evaluate(MISTRAL, offline=True).claims if c.builder == "qwen3_moe")
        assert not claim.claims
        assert claim.gaps[0].detail == "the model is dense; qwen3_moe is for moe"

    def test_a_component_that_is_not_modelled_is_refused_by_name(self) -> None:
        (claim,) = (c for c in la.evaluate("deepseek-ai/DeepSeek-V3", offline=True).claims if c.builder == "qwen3")
        assert {gap.name for gap in claim.gaps} >= {"latent_attention", "mixture_of_experts"}

    @pytest.mark.parametrize(
        ("fields", "error", "message"),
        [
            ({"categories": ["dense"]}, TypeError, "field `categories` of Requirements: found 'dense' (str)"),
            ({"categories": la.Category.DENSE}, TypeError, "expected a frozenset of Category"),
            ({"categories": None}, TypeError, "field `categories`"),
            ({"categories": frozenset()}, ValueError, "field `categories` of Requirements is empty"),
            ({"parameters": "hidden_size"}, TypeError, "field `parameters` of Requirements: found 'hidden_size' (str)"),
            ({"parameters": ("hidden_size", 3)}, TypeError, "field `parameters` of Requirements: found 3 (int)"),
            ({"parameters": {"hidden_size": 1}}, TypeError, "field `parameters`"),
            ({"parameters": ("hidden size",)}, ValueError, "field `parameters` of Requirements has 'hidden size'"),
            ({"parameters": ("",)}, ValueError, "field `parameters`"),
            ({"components": "mlp"}, TypeError, "field `components`"),
            ({"components": None}, TypeError, "field `components`"),
            ({"features": (n for n in "ab")}, TypeError, "field `features`"),
            ({"features": frozenset({b"x"})}, TypeError, "field `features`"),
            ({"parameters_of": ()}, TypeError, "field `parameters_of`"),
            ({"parameters_of": {la.Category.MOE: ()}}, TypeError, "field `parameters_of`"),
            ({"parameters_of": {"dense": ("x",)}}, TypeError, "field `parameters_of`"),
            ({"parameters_of": {la.Category.DENSE: "x"}}, TypeError, "field `parameters_of[DENSE]`"),
        ],
    )
    def test_a_field_of_a_wrong_type_is_named(
        self, fields: dict[str, Any], error: type[Exception], message: str
    ) -> None:
        right: dict[str, Any] = {
            "categories": frozenset({la.Category.DENSE}),
            "parameters": ("hidden_size",),
            "components": frozenset({"mlp"}),
        }
        with pytest.raises(error) as caught:
            la.Requirements(**{**right, **fields})
        assert message in str(caught.value)

    def test_other_collections_will_do_and_repetition_counts_once(self) -> None:
        listed: Any = ["a", "b", "a"]
        dense = la.Category.DENSE
        requirements = la.Requirements(
            categories=frozenset({dense}), parameters=listed, components=listed, parameters_of={dense: ("b", "c")}
        )
        assert requirements.parameters == ("a", "b")
        assert requirements.components == frozenset("ab")
        assert requirements.required(dense) == ("a", "b", "c")


EVERYTHING = """
class Acme(Acme):
    requirements = la.Requirements(
        categories=frozenset(la.Category),
        parameters=tuple("abcdefghijklmnop"),
        components=frozenset({"mlp"}),
    )
    def claim(self, reading, claim):
        return claim._replace(claims=True, gaps=(), missing_parameters=())
"""
HALF = "    def build(self, spec, schedule, wire):\n        g = wire(spec, schedule)\n"
HALF += "        return la.OperatorGraph(g.schedule, g.operators, g.weights[1:], g.caches, g.routing)\n"


class TestClaimingEverything:
    """A plugin that says of every model that it has no gaps, with more parameters required than any other."""

    @pytest.mark.parametrize("source", ["Qwen/Qwen3-8B", "Qwen/Qwen3-30B-A3B", "deepseek-ai/DeepSeek-V3", MISTRAL])
    def test_it_takes_no_model_from_a_builder_that_is_made_for_it(self, source: str, plugins: Plugins) -> None:
        coverage = model(source, plugins.install(EVERYTHING + HALF).load()).coverage
        assert coverage.builder in {"qwen3", "qwen3_moe", "deepseek_v3"}
        assert [c.builder for c in coverage.claims if c.claims] == [coverage.builder, "acme"]

    def test_its_word_is_held_against_the_external_total(self, plugins: Plugins) -> None:
        loaded = plugins.install(EVERYTHING + HALF).load()
        del loaded.builders["qwen3"]
        published = la.Total(7_241_732_096, "the model card", "published")
        trusting, held = model(MISTRAL, loaded).coverage, model(MISTRAL, loaded, published).coverage
        assert (trusting.builder, trusting.status.value) == ("acme", "fully_supported")
        assert (held.builder, held.status.value) == ("acme", "partially_supported")
        (gap,) = held.gaps
        assert gap.kind is la.GapKind.COUNT_MISMATCH
        assert "the model card says 7,241,732,096" in gap.detail
        assert held.evidence is not la.Evidence.COUNTED

    def test_an_honest_refinement_keeps_its_place(self, plugins: Plugins) -> None:
        source = "class Acme(Acme):\n    def claim(self, reading, claim): return claim"
        coverage = model(MISTRAL, plugins.install(source).load()).coverage
        assert coverage.builder == "acme"
        assert not coverage.claims[0].asserted

    def test_a_plugin_may_say_less_than_its_requirements(self, plugins: Plugins) -> None:
        source = """
        class Acme(Acme):
            def claim(self, reading, claim):
                return claim._replace(gaps=(la.Gap(la.GapKind.INFERRED, "warp", "is guessed"),))
        """
        coverage = model(MISTRAL, plugins.install(source).load()).coverage
        assert coverage.builder == "qwen3"
        assert coverage.gaps == ()
        assert coverage.claims[1].gaps == (la.Gap(la.GapKind.INFERRED, "warp", "is guessed"),)

    def test_impacts_of_its_own_making_are_dropped(self, plugins: Plugins) -> None:
        source = """
        class Acme(Acme):
            def claim(self, reading, claim):
                gap = la.Gap(la.GapKind.INFERRED, "warp", "is guessed", la.Impact(1.0, 1.0, 1.0, 1))
                return claim._replace(gaps=(gap,))
        """
        coverage = model(MISTRAL, plugins.install(source).load()).coverage
        assert coverage.claims[1].gaps[0].impact is None


class TestPurposes:
    """A model that makes no text is told apart by what it is there for, and built by the builder for that."""

    LLAMA: Final[dict[str, Any]] = {
        "model_type": "llama",
        "hidden_size": 64,
        "intermediate_size": 96,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "vocab_size": 100,
    }

    @pytest.mark.parametrize(
        ("architecture", "category", "builder"),
        [
            ("LlamaForCausalLM", "dense", "qwen3"),
            ("LlamaModel", "embedder", "encoder"),
            ("LlamaForSequenceClassification", "classifier", "classifier"),
            ("LlamaForCausalLMEagle", "draft", "draft"),
            ("LlamaForTokenClassification", "classifier", "classifier"),
            ("LlamaForQuestionAnswering", "dense", "qwen3"),  # what is made of the hidden states isn't known
        ],
    )
    def test_one_builder_claims_each(self, architecture: str, category: str, builder: str) -> None:
        layers = 1 if category == "draft" else 2
        coverage = la.evaluate({**self.LLAMA, "num_hidden_layers": layers, "architectures": [architecture]})
        assert (coverage.category, coverage.builder) == (category, builder)
        assert [claim.builder for claim in coverage.claims if claim.claims] == [builder]

    @pytest.mark.parametrize(
        ("changed", "category"),
        [
            ({"architectures": ["BertModel"]}, "encoder"),
            ({"architectures": ["BertForMaskedLM"]}, "encoder"),
            ({"architectures": ["BertForSequenceClassification"]}, "classifier"),
            ({"architectures": ["BertLMHeadModel"], "is_decoder": True}, "dense"),
        ],
    )
    def test_what_keeps_nothing_of_its_tokens_is_an_encoder(self, changed: dict[str, Any], category: str) -> None:
        coverage = la.evaluate({"model_type": "bert", **changed})
        assert coverage.category == category

    def test_the_others_say_what_they_are_for(self) -> None:
        claims = la.evaluate({**self.LLAMA, "architectures": ["LlamaForSequenceClassification"]}).claims
        (claim,) = (claim for claim in claims if claim.builder == "qwen3")
        assert claim.reasons()[0].detail == "the model is classifier; qwen3 is for dense"
        (claim,) = (claim for claim in claims if claim.builder == "draft")
        assert claim.reasons()[0].detail == "the model is classifier; draft is for draft"

    def test_a_reward_model_that_sees_is_built_by_the_builder_for_reward_models(self) -> None:
        config = la.load("google/gemma-3-4b-it", offline=True).config.data
        coverage = la.evaluate({**config, "architectures": ["Gemma3ForSequenceClassification"]})
        assert (coverage.category, coverage.builder) == ("multimodal", "classifier")

    def test_where_no_builder_is_for_its_purpose_one_for_its_layers_claims_it(self) -> None:
        """So that a plugin which came before the purposes builds what it built."""
        registered = built_ins()
        dense = registered.builders["qwen3"]
        scoring = replace(dense.requirements, components=dense.requirements.components | {"score"})
        registered.builders = {"qwen3": dense._replace(requirements=scoring)}
        coverage = model({**self.LLAMA, "architectures": ["LlamaForSequenceClassification"]}, registered).coverage
        assert (coverage.category, coverage.builder) == ("classifier", "qwen3")
