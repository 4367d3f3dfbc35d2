"""The class that a builder's tests subclass."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, ClassVar, Final

import pytest

from llmsim_adapters.api import evaluate
from llmsim_adapters.evaluation.construction import construct
from llmsim_adapters.evaluation.status import Status
from llmsim_adapters.graph.schedule import Schedule
from llmsim_adapters.plugins.features_of import FeaturesOf
from llmsim_adapters.plugins.manager import registered
from llmsim_adapters.spelling import meant
from llmsim_adapters.testing.configs import ConfigLaws
from llmsim_adapters.testing.features import by_feature, entries, features_in, in_full, totals
from llmsim_adapters.testing.graphs import SHOWING, GraphLaws
from llmsim_adapters.testing.media import MediaLaws, seeing

if TYPE_CHECKING:
    from collections.abc import Mapping

    from llmsim_adapters.graph.graph import OperatorGraph
    from llmsim_adapters.plugins.registered import RegisteredBuilder
    from llmsim_adapters.spec.model import ModelSpec
    from llmsim_adapters.testing.example import Example
    from llmsim_adapters.testing.features import ByFeature


class BuilderConformance(GraphLaws, MediaLaws, ConfigLaws):
    """The laws of a builder, as tests.

    Set `builder` to its registered name and `examples` to configs that it claims, which together show every feature
    that its requirements name; those by `la.features_of` need no example. `specs` are further models, such as show
    features which no example has: each feature of each of them that the builder models has to bear on its figures.
    `constants` are numbers above 8 that formulas may hold, since no config states them.
    """

    builder: ClassVar[str]
    examples: ClassVar[Mapping[str, Example]]
    specs: ClassVar[Mapping[str, ModelSpec]] = {}
    constants: ClassVar[frozenset[int]] = frozenset()

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        """Give each law its cases: the examples, or the names in the requirements."""
        if "example" in metafunc.fixturenames:
            examples = self._that_see() if hasattr(MediaLaws, metafunc.function.__name__) else type(self).examples
            metafunc.parametrize("example", list(examples.values()), ids=list(examples))
        features = self._entry().requirements.features
        if "feature" in metafunc.fixturenames:
            metafunc.parametrize("feature", sorted(features))
        if "named" in metafunc.fixturenames:
            metafunc.parametrize("named", sorted(features.named if isinstance(features, FeaturesOf) else features))

    @classmethod
    @cache
    def _that_see(cls) -> Mapping[str, Example]:
        return seeing(cls.examples)

    @classmethod
    def _entry(cls) -> RegisteredBuilder:
        found = registered()
        if cls.builder not in found.builders:
            reasons = "".join(f"\n  {broken.distribution}: {broken.error}" for broken in found.broken)
            pytest.fail(f"no builder {cls.builder!r} is registered; is its distribution installed?{reasons}")
        return found.builders[cls.builder]

    # What it claims

    def test_it_claims_the_example(self, example: Example) -> None:
        coverage = example.load().coverage
        claim = next(claim for claim in coverage.claims if claim.builder == self.builder)
        assert claim.claims, f"refused: {[str(reason) for reason in claim.reasons()]}"

    def test_every_required_parameter_is_needed(self, example: Example) -> None:
        coverage = example.load().coverage
        assert coverage.category is not None
        required = self._entry().requirements.required(coverage.category)
        config = example.config()
        for name in required:
            parameter = coverage.parameters.get(name)
            assert parameter is not None, f"`{name}` is required and never read"
            if parameter.key is None or parameter.key not in config:
                continue  # a default of the model type, or a key inside another
            reduced = {key: value for key, value in config.items() if key != parameter.key}
            answer = evaluate(reduced)
            again = answer.parameters.get(name)
            replaced = again is not None and again.key != parameter.key
            assert replaced or answer.status != Status.FULLY_SUPPORTED, f"nobody misses `{parameter.key}`"

    # What its features do

    def test_every_declared_feature_is_shown_by_an_example(self, named: str) -> None:
        assert self._showing(named) or self._shown_by_specs(named), (
            f"no example has {named!r}: add one that does, or a spec, or leave it out of the requirements"
        )

    def test_a_declared_feature_changes_the_figures(self, feature: str) -> None:
        known = registered().features
        assert feature in known, f"nobody registered {feature!r}{meant(feature, [each.name for each in known])}"
        free = known[feature].costless is not None
        examples, specs = self._showing(feature), self._shown_by_specs(feature)
        if not examples and not specs:
            pytest.skip(f"no example has {feature!r}")
        for name, spec in specs:
            differs = self._differs(name, spec, feature)
            assert differs or free, f"{name}: without {feature!r} every figure is the same"
        changed = bool(specs)
        for name, spec in examples:
            if changed and not free:
                break
            changed = self._differs(name, spec, feature)
        assert changed or free, f"{feature!r} changes no figure of any example"

    def _differs(self, name: str, spec: ModelSpec, feature: str) -> bool:
        """Whether figures change with a feature; of a costless one nothing at all may."""
        known = registered().features
        without = known.without(spec, (feature,))
        assert without != spec, f"{name}: removing {feature!r} leaves the spec as it is"
        assert feature not in features_in(without), f"{name}: {feature!r} can't be removed"
        one, other = ([_construct(self, each, schedule) for schedule in SHOWING] for each in (spec, without))
        free = known[feature].costless is not None
        assert not free or entries(one) == entries(other), f"{name}: {feature!r} is not costless"
        return totals(one) != totals(other)

    @classmethod
    def _showing(cls, feature: str) -> list[tuple[str, ModelSpec]]:
        return _by_feature(cls)[0].get(feature, [])

    @classmethod
    def _shown_by_specs(cls, feature: str) -> list[tuple[str, ModelSpec]]:
        return _by_feature(cls)[1].get(feature, [])

    def test_tied_weights_are_counted_once(self, example: Example) -> None:
        model = example.load()
        known, spec = registered().features, model.spec
        assert spec is not None
        if "tied_embeddings" not in known.among(spec.nodes()):
            pytest.skip("the example's head has a table of its own")
        apart = known.without(spec, ("tied_embeddings",))
        one, two = (
            _construct(self, each, Schedule(engine="checkpoint", seq_len=8)).parameters for each in (spec, apart)
        )
        table = {w.elements for w in self._build(model, seq_len=8).weights if w.sharding == "vocabulary"}
        assert two - one in table


def _construct(law: BuilderConformance, spec: ModelSpec, schedule: Schedule) -> OperatorGraph:
    return construct(law._entry(), registered(), spec, schedule)


_KEPT: Final[dict[type[BuilderConformance], tuple[ByFeature, ByFeature]]] = {}
"""The examples and specs of each class of tests, by the features that most of its tests ask for."""


def _by_feature(law: type[BuilderConformance]) -> tuple[ByFeature, ByFeature]:
    if law not in _KEPT:
        examples = {name: example.load().spec for name, example in law.examples.items()}
        modelled = in_full(law.specs, law._entry().requirements)
        _KEPT[law] = by_feature(examples), by_feature(modelled)
    return _KEPT[law]
