"""`la.features_of`: all features of some components, said at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

import llmsim_adapters as la
from llmsim_adapters.spec.quantization import SCHEMES
from tests.fresh import ALONE
from tests.plugins import distributions
from tests.plugins.distributions import Plugins, model
from tests.test_plugins import RETRO_CONFIG, retro

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from llmsim_adapters.plugins.registered import Registered

pytest_plugins = ["pytester"]

LLAMA = {"norm", "embedding", "head", "attention", "mlp"}
BUILDS = """
    def build(self, spec, schedule, wire):
        return wire(spec, schedule)
"""


@pytest.fixture
def plugins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Plugins]:
    yield from distributions.plugins(tmp_path, monkeypatch)


def requirements(features: Any, components: set[str] = LLAMA) -> la.Requirements:
    return la.Requirements(
        categories=frozenset({la.Category.DENSE}),
        parameters=(),
        components=frozenset(components),
        features=features,
    )


def acme(features: str, more: str = "") -> str:
    """The builder of a plugin that says its features so."""
    return f"""
class Acme(la.Builder):
    name = "acme"
    requirements = la.Requirements(
        categories=REQUIREMENTS.categories,
        parameters=REQUIREMENTS.parameters,
        components=REQUIREMENTS.components,
        features={features},
    )
{more}"""


def features(loaded: Registered) -> set[str]:
    return set(loaded.builders["acme"].requirements.features)


class TestWhatItSays:
    @pytest.mark.parametrize(
        ("groups", "expected"),
        [
            ((), set()),
            (("scale",), set()),
            (("norm",), {"conditioned_norm", "layer_norm", "norm_bias", "norm_gate", "norm_without_gain"}),
            (
                ("mlp",),
                {
                    *("activation", "mlp_bias", "mlp_factors", "mlp_norm", "mlp_output_bias", "plain_mlp"),
                    "trained_activation",
                },
            ),
            (("kimi_delta_attention", "adapter"), {"adapter_bias", "low_rank_decay", "low_rank_gate"}),
            (("quantization",), {f"{scheme}_weights" for scheme in SCHEMES}),
        ],
        ids=lambda value: "-".join(value) if isinstance(value, tuple) else "",
    )
    def test_all_features_of_what_is_named(self, groups: tuple[str, ...], expected: set[str]) -> None:
        assert la.features_of(*groups) == expected

    @pytest.mark.parametrize(
        ("group", "feature"),
        [
            ("attention", "mixed_attention"),
            ("mixture_of_experts", "dense_layers"),
            ("model", "post_norms"),
            ("model", "parallel_mixers"),
            ("model", "multi_token_prediction"),
        ],
    )
    def test_what_layers_have_counts_among_the_component_that_it_is_about(self, group: str, feature: str) -> None:
        every = la.features_of("attention", "mixture_of_experts", "model")
        assert feature in la.features_of(group)
        assert feature in every
        assert feature not in every - la.features_of(group)

    def test_it_is_a_set_of_names_that_others_are_added_to(self) -> None:
        mlp, norm = la.features_of("mlp"), la.features_of("norm")
        assert mlp | norm == la.features_of("mlp", "norm")
        assert mlp | {"acme_gate"} == frozenset({"acme_gate"}) | mlp == {*mlp, "acme_gate"}
        assert mlp - {"mlp_bias"} == set(mlp) - {"mlp_bias"}
        assert {"mlp_bias", "norm_bias"} - mlp == {"norm_bias"}
        assert len(mlp) == len(list(mlp))
        assert "norm_bias" not in mlp
        assert 3 not in mlp
        assert repr(norm | mlp | {"a"}) == "features_of('mlp', 'norm') | {'a'}"


class TestMistakes:
    @pytest.mark.parametrize(
        ("said", "error", "message"),
        [
            (lambda: la.features_of({"mlp"}), TypeError, "features_of: found {'mlp'}; expected names, as in"),
            (
                lambda: requirements(la.features_of("mlq")),
                ValueError,
                "features_of names 'mlq'; expected kinds that",
            ),
            (lambda: requirements(la.features_of("mamba")), ValueError, "features_of names 'mamba'; expected kinds"),
            (lambda: requirements(la.features_of("mlp") | {3}), TypeError, "field `features` of Requirements: found 3"),
            (lambda: requirements(la.features_of("mlp") | {"a b"}), ValueError, "`features` of Requirements has 'a b'"),
            (lambda: len(la.features_of("acme_mixer")), ValueError, "`acme_mixer` are not known before plugins are"),
        ],
    )
    def test_each_is_refused_where_it_is_made(
        self, said: Callable[[], Any], error: type[Exception], message: str
    ) -> None:
        with pytest.raises(error, match=message):
            said()


class TestPlugins:
    def test_it_models_what_the_host_lowers(self, plugins: Plugins) -> None:
        loaded = plugins.install(acme("la.features_of('norm', 'mlp') | {'tied_embeddings'}")).load()
        assert loaded.broken == []
        assert features(loaded) == la.features_of("norm", "mlp") | {"tied_embeddings"}
        claims = {claim.builder: claim for claim in model("Qwen/Qwen3-8B", loaded).coverage.claims}
        assert [gap.name for gap in claims["acme"].gaps] == ["qk_norm"]

    def test_a_component_of_its_own_is_named_as_any(self, plugins: Plugins) -> None:
        loaded = plugins.install(retro("la.features_of('retro', 'norm')")).load()
        assert loaded.broken == []
        assert features(loaded) == la.features_of("norm") | {"several_turns"}
        m = model(RETRO_CONFIG, loaded)
        assert (m.coverage.builder, m.coverage.status) == ("acme", la.Status.FULLY_SUPPORTED)

    def test_a_builder_that_builds_itself_lists_what_it_models(self, plugins: Plugins) -> None:
        (broken,) = plugins.install(acme("la.features_of('mlp')", BUILDS)).load().broken
        assert "builder `acme` overrides `build`" in broken.error
        assert "list the features that it models by name" in broken.error

    def test_a_builder_that_refines_its_claim_need_not(self, plugins: Plugins) -> None:
        claims = "    def claim(self, reading, claim):\n        return claim\n"
        assert plugins.install(acme("la.features_of('mlp')", claims)).load().broken == []

    def test_a_builder_that_builds_itself_and_lists_is_fine(self, plugins: Plugins) -> None:
        assert plugins.install(acme("{'mlp_bias'}", BUILDS)).load().broken == []


class TestKit:
    """What the conformance kit asks of a plugin's tests."""

    @pytest.mark.parametrize(
        ("said", "failed"), [("la.features_of(*PARTS)", 0), ("la.features_of(*PARTS) | {'post_norms'}", 1)]
    )
    def test_only_what_is_named_needs_an_example(
        self, said: str, failed: int, plugins: Plugins, pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        parts = 'PARTS = ("norm", "embedding", "head", "attention", "mlp")\n'
        plugins.install(parts + acme(said))
        monkeypatch.setenv("PYTHONPATH", str(plugins.folder))
        pytester.makepyfile(
            """
            from llmsim_adapters.testing import BuilderConformance, Example

            class TestAcme(BuilderConformance):
                builder = "acme"
                examples = {"small": Example({
                    "model_type": "llama", "architectures": ["LlamaForCausalLM"], "vocab_size": 99, "hidden_size": 8,
                    "intermediate_size": 24, "num_attention_heads": 2, "num_hidden_layers": 2,
                })}
            """
        )
        result = pytester.runpytest_subprocess(*ALONE, "-k", "feature")
        assert result.parseoutcomes().get("failed", 0) == failed
        if failed:
            result.stdout.fnmatch_lines(["*no example has 'post_norms'*"])
