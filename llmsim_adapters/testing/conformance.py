"""The class that a builder's tests subclass."""

from __future__ import annotations

from contextlib import suppress
from copy import deepcopy
from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING, Any, ClassVar, Final

import pytest

from llmsim_adapters.api import evaluate
from llmsim_adapters.errors import AdapterError
from llmsim_adapters.evaluation.construction import construct
from llmsim_adapters.evaluation.status import Status
from llmsim_adapters.gap import GapKind
from llmsim_adapters.graph.schedule import Schedule, ScheduleError
from llmsim_adapters.model import Model, load
from llmsim_adapters.plugins.checked_site import emitted_at
from llmsim_adapters.plugins.features_of import FeaturesOf
from llmsim_adapters.plugins.manager import registered
from llmsim_adapters.testing import laws
from llmsim_adapters.testing.features import by_feature, entries, features_in, in_full, totals

if TYPE_CHECKING:
    from collections.abc import Mapping

    from llmsim_adapters.graph.graph import OperatorGraph
    from llmsim_adapters.plugins.registered import RegisteredBuilder
    from llmsim_adapters.spec.model import ModelSpec
    from llmsim_adapters.testing.features import ByFeature

SHOWING: Final = (
    Schedule(engine="checkpoint", batch_size=2, seq_len=9001, logits="all", mtp=True),
    Schedule(engine="checkpoint", batch_size=2, context_len=9001, mode="decode", mtp=True),
)
"""Schedules under which a feature can show: in both modes, beyond usual windows, with an optional stack."""

SPREAD: Final = (
    Schedule(engine="llmsim", batch_size=2, seq_len=64, tp_size=2),
    Schedule(engine="llmsim", batch_size=2, seq_len=64, tp_size=2, dp_size=2, ep_size=2),
    Schedule(engine="llmsim", batch_size=4, context_len=64, mode="decode", tp_size=2, ep_size=2, moe_tp=True),
    Schedule(engine="llmsim", batch_size=4, context_len=64, mode="decode", dp_size=4, ep_size=4, deepep=True),
    Schedule(engine="llmsim", batch_size=2, seq_len=64, tp_size=2, dense_fully_dp=True),
)
"""Ways to spread a model over ranks; those that an example can't be spread by have to say so."""

EXPLAINED: Final = (
    Schedule(engine="checkpoint", batch_size=2, seq_len=24, context_len=70, logits="all", mtp=True),
    Schedule(engine="checkpoint", batch_size=3, context_len=24, mode="decode"),
    SPREAD[1],
    Schedule(engine="sglang", batch_size=2, seq_len=24, tp_size=2, dp_size=2, ep_size=2, mtp=True),
)
"""Schedules of which the printed working is evaluated: in both modes, and spread over ranks."""

_QUICK: Final = 0.1
_BAD: Final[tuple[Any, ...]] = ("many", -1, 0, 1.5, True, [3], {"a": 1})


@dataclass(frozen=True)
class Example:
    """A config that the builder claims, with the totals that are known of it from elsewhere.

    `source` is whatever `la.load` takes; a dictionary for most. `parameters` and `flops` (of a prefill of one sequence
    of `seq_len` tokens, logits of all of them) are those of the real model: count them in its own implementation.
    `by_token` is False where a step has linear layers over more or less than its new tokens: keys that are projected
    anew, a layer for the first token only.
    """

    source: Any
    parameters: int | None = None
    flops: int | None = None
    seq_len: int = 16
    by_token: bool = True

    def load(self) -> Model:
        """Load a copy of the config."""
        return load(deepcopy(self.source), offline=True)


class BuilderConformance:
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
            examples = type(self).examples
            metafunc.parametrize("example", list(examples.values()), ids=list(examples))
        features = self._entry().requirements.features
        if "feature" in metafunc.fixturenames:
            metafunc.parametrize("feature", sorted(features))
        if "named" in metafunc.fixturenames:
            metafunc.parametrize("named", sorted(features.named if isinstance(features, FeaturesOf) else features))

    @classmethod
    def _entry(cls) -> RegisteredBuilder:
        found = registered()
        if cls.builder not in found.builders:
            reasons = "".join(f"\n  {broken.distribution}: {broken.error}" for broken in found.broken)
            pytest.fail(f"no builder {cls.builder!r} is registered; is its distribution installed?{reasons}")
        return found.builders[cls.builder]

    def _build(self, model: Model, **schedule: Any) -> OperatorGraph:
        return model.build(Schedule(**{"engine": "checkpoint", **schedule}), self.builder)

    # What it claims

    def test_it_claims_the_example(self, example: Example) -> None:
        coverage = example.load().coverage
        claim = next(claim for claim in coverage.claims if claim.builder == self.builder)
        assert claim.claims, f"refused: {[str(reason) for reason in claim.reasons()]}"

    def test_the_example_has_the_known_totals(self, example: Example) -> None:
        graph = self._build(example.load(), seq_len=example.seq_len, logits="all")
        if example.parameters is not None:
            assert graph.parameters == example.parameters
        if example.flops is not None:
            assert graph.flops == example.flops

    def test_every_required_parameter_is_needed(self, example: Example) -> None:
        coverage = example.load().coverage
        assert coverage.category is not None
        required = self._entry().requirements.required(coverage.category)
        config = _raw(example)
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

    def test_claiming_is_pure(self, example: Example) -> None:
        config = _raw(example)
        before = laws.frozen(config)
        first, second = evaluate(config), evaluate(config)
        assert first == second
        assert laws.frozen(config) == before, "the config was changed"

    def test_claiming_is_quick(self, example: Example) -> None:
        config = _raw(example)
        evaluate(config)
        times = []
        for _ in range(5):
            start = perf_counter()
            evaluate(config)
            times.append(perf_counter() - start)
        assert min(times) < _QUICK, f"an answer takes {min(times):.3f} s"

    # What its features do

    def test_every_declared_feature_is_shown_by_an_example(self, named: str) -> None:
        assert self._showing(named) or self._shown_by_specs(named), (
            f"no example has {named!r}: add one that does, or a spec, or leave it out of the requirements"
        )

    def test_a_declared_feature_changes_the_figures(self, feature: str) -> None:
        known = registered().features
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

    # What its graphs say

    def test_totals_are_sums_of_operators_and_weights(self, example: Example) -> None:
        model = example.load()
        for schedule in SHOWING:
            laws.totals_are_sums(model.build(schedule, self.builder))

    def test_caches_grow_as_they_say(self, example: Example) -> None:
        laws.caches_grow_as_they_say(self._build(example.load(), seq_len=8))

    def test_weights_and_caches_are_those_of_every_step(self, example: Example) -> None:
        model = example.load()
        one, other = self._build(model, seq_len=8), self._build(model, mode="decode", batch_size=3, context_len=80)
        assert (one.weights, one.caches) == (other.weights, other.caches)

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

    def test_printed_formulas_evaluate_to_the_figures(self, example: Example) -> None:
        model = example.load()
        for schedule in EXPLAINED:
            with suppress(ScheduleError):  # the example can't be spread so
                graph = model.build(schedule, self.builder)
                with emitted_at() as places:
                    explained = model.explain(schedule, self.builder)
                towers = {stack.name for stack in model.spec.towers} if model.spec else set()
                laws.formulas_give_the_figures(explained, graph, model.config.data, self.constants, towers, places)

    def test_decoding_token_by_token_multiplies_as_much_as_extending(self, example: Example) -> None:
        if not example.by_token:
            pytest.skip("the example's steps have linear layers over other tokens than the new ones")
        model, tokens = example.load(), 5
        extend = self._build(model, seq_len=tokens, logits="all")
        steps = [self._build(model, mode="decode", context_len=i, logits="all") for i in range(tokens)]
        assert sum(map(laws.linear_flops, steps)) == laws.linear_flops(extend)

    def test_ranks_share_the_model(self, example: Example) -> None:
        model, refusals = example.load(), []
        for schedule in SPREAD:
            try:
                rank = model.build(schedule, self.builder)
            except ScheduleError as error:
                refusals.append(str(error))
                continue
            alone = {name: getattr(schedule, name) for name in ("batch_size", "seq_len", "context_len", "mode")}
            laws.ranks_share_the_model(self._build(model, **alone), rank)
        if len(refusals) == len(SPREAD):
            pytest.skip(f"the example can't be spread so: {refusals}")

    def test_building_is_deterministic_and_changes_nothing(self, example: Example) -> None:
        model = example.load()
        spec = deepcopy(model.spec)
        first, second, third = (self._build(m, seq_len=8).to_dict() for m in (example.load(), model, model))
        assert first == second == third
        assert model.spec == spec

    # What it makes of configs that are not as they should be

    def test_a_key_that_nobody_knows_is_a_gap(self, example: Example) -> None:
        answer = evaluate({**_raw(example), "a_key_that_nobody_knows": 7})
        assert (GapKind.UNREAD_KEY, "a_key_that_nobody_knows") in [(gap.kind, gap.name) for gap in answer.gaps]
        assert answer.status != Status.FULLY_SUPPORTED

    def test_bad_values_are_gaps_that_name_the_key(self, example: Example) -> None:
        config = _raw(example)
        for key, value in config.items():
            if value.__class__ is not int:
                continue
            for bad in _BAD:
                answer = evaluate({**config, key: bad})  # raises nothing, whatever the value
                said = [gap for gap in answer.gaps if gap.kind is GapKind.INVALID_CONFIG]
                named = any(key in gap.name or key in gap.detail for gap in said)
                assert named or not said, f"{key}={bad!r}: {said[0]}"
                with suppress(AdapterError):  # the only kind of error there is
                    load({**config, key: bad}).build(builder=self.builder)


def _raw(example: Example) -> dict[str, Any]:
    return dict(example.load().config.data)


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
