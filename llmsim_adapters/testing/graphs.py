"""The laws of one model's graph: of every example, whoever reads and builds it."""

from __future__ import annotations

from contextlib import suppress
from copy import deepcopy
from time import perf_counter
from typing import TYPE_CHECKING, Any, ClassVar, Final

import pytest

from llmsim_adapters.api import evaluate
from llmsim_adapters.graph.schedule import Schedule, ScheduleError
from llmsim_adapters.plugins.checked_site import emitted_at
from llmsim_adapters.testing import laws

if TYPE_CHECKING:
    from llmsim_adapters.graph.graph import OperatorGraph
    from llmsim_adapters.model import Model
    from llmsim_adapters.testing.example import Example

SHOWING: Final = (
    Schedule(engine="checkpoint", batch_size=2, seq_len=9001, encoder_len=12, logits="all", mtp=True),
    Schedule(engine="checkpoint", batch_size=2, seq_len=3, context_len=9001, encoder_len=12, mode="decode", mtp=True),
)
"""Schedules under which a feature can show: in both modes, beyond usual windows, with all that is optional."""

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


class GraphLaws:
    """The laws of each example's graph, by `builder` or, where that is None, by the best one."""

    builder: ClassVar[str | None]
    constants: ClassVar[frozenset[int]] = frozenset()

    def _build(self, model: Model, **schedule: Any) -> OperatorGraph:
        return model.build(Schedule(**{"engine": "checkpoint", **schedule}), self.builder)

    def test_the_example_has_the_known_totals(self, example: Example) -> None:
        if example.parameters is None and example.flops is None:
            pytest.skip("no total is given: count the parameters in the model's own implementation")
        graph = self._build(example.load(), seq_len=example.seq_len, logits="all")
        if example.parameters is not None:
            assert graph.parameters == example.parameters
        if example.flops is not None:
            assert graph.flops == example.flops

    def test_claiming_is_pure(self, example: Example) -> None:
        config = example.config()
        before = laws.frozen(config)
        first, second = evaluate(config), evaluate(config)
        assert first == second
        assert laws.frozen(config) == before, "the config was changed"

    def test_claiming_is_quick(self, example: Example) -> None:
        config = example.config()
        evaluate(config)
        times = []
        for _ in range(5):
            start = perf_counter()
            evaluate(config)
            times.append(perf_counter() - start)
        assert min(times) < _QUICK, f"an answer takes {min(times):.3f} s"

    # What its graphs say

    def test_totals_are_sums_of_operators_and_weights(self, example: Example) -> None:
        model = example.load()
        for schedule in SHOWING:
            laws.totals_are_sums(model.build(schedule, self.builder))

    def test_caches_grow_as_they_say(self, example: Example) -> None:
        laws.caches_grow_as_they_say(self._build(example.load(), seq_len=8))

    def test_what_attends_caches(self, example: Example) -> None:
        model = example.load()
        assert model.spec is not None
        laws.what_attends_caches(self._build(model, mode="decode", batch_size=2, context_len=9001), model.spec)

    def test_weights_and_caches_are_those_of_every_step(self, example: Example) -> None:
        model = example.load()
        one, other = self._build(model, seq_len=8), self._build(model, mode="decode", batch_size=3, context_len=80)
        assert (one.weights, one.caches) == (other.weights, other.caches)

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
            laws.splits_are_consistent(rank)
        if len(refusals) == len(SPREAD):
            pytest.skip(f"the example can't be spread so: {refusals}")

    def test_building_is_deterministic_and_changes_nothing(self, example: Example) -> None:
        model = example.load()
        spec = deepcopy(model.spec)
        first, second, third = (self._build(m, seq_len=8).to_dict() for m in (example.load(), model, model))
        assert first == second == third
        assert model.spec == spec
