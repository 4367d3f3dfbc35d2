"""Plugins that make graphs with code of their own: what stands behind their figures, and which builder comes first."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import llmsim_adapters as la
from tests.plugins import distributions
from tests.plugins.distributions import Plugins, model

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

QWEN = "Qwen/Qwen3-8B"
TOTAL = la.Total(8_190_735_360, "the model card", "published")
NOTHING = """
class Acme(Acme):
    def build(self, spec, schedule, wire):
        g = wire(spec, schedule)
        return la.OperatorGraph(g.schedule, (), g.weights, g.caches, g.routing)
"""
THE_SAME = """
class Acme(Acme):
    def build(self, spec, schedule, wire):
        return wire(spec, schedule)
"""

CHANGES = {
    "the spec, as it claims": (
        "claim(self, reading, claim)",
        "object.__setattr__(reading.spec, 'stacks', ())",
        "claim",
    ),
    "the spec": ("build(self, spec, schedule, wire)", "object.__setattr__(spec, 'stacks', ())", "wire(spec, schedule)"),
    "the schedule": (
        "build(self, spec, schedule, wire)",
        "object.__setattr__(schedule, 'batch_size', 99)",
        "wire(spec, schedule)",
    ),
}
"""What a builder does to what it is given, by a method of its own: its head, what it does, what it returns."""


@pytest.fixture
def plugins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Plugins]:
    yield from distributions.plugins(tmp_path, monkeypatch)


class TestBesideABuiltInBuilder:
    def test_the_built_in_one_comes_first_where_it_claims_the_model_in_full(self, plugins: Plugins) -> None:
        coverage = model(QWEN, plugins.install(NOTHING).load(), TOTAL).coverage
        assert (coverage.builder, coverage.evidence, coverage.counted) == ("qwen3", la.Evidence.COUNTED, True)
        assert coverage.gaps == ()

    def test_figures_that_differ_are_shown_as_such(self, plugins: Plugins) -> None:
        claims = model(QWEN, plugins.install(NOTHING).load()).coverage.claims
        (claim,) = (claim for claim in claims if claim.builder == "acme")
        (gap,) = claim.gaps
        assert gap.kind is la.GapKind.COUNT_MISMATCH
        assert gap.detail.startswith("its graph has flops 0 in place of ")

    def test_those_that_agree_are_not(self, plugins: Plugins) -> None:
        claims = model(QWEN, plugins.install(THE_SAME).load()).coverage.claims
        assert [(claim.builder, claim.gaps) for claim in claims if claim.claims] == [("qwen3", ()), ("acme", ())]


class TestChanges:
    """What a plugin does to what it is given is its own affair."""

    @pytest.mark.parametrize(("head", "body", "result"), CHANGES.values(), ids=CHANGES)
    def test_the_answer_of_the_host_stands(self, head: str, body: str, result: str, plugins: Plugins) -> None:
        loaded = plugins.install(
            f"class Acme(Acme):\n    def {head}:\n        {body}\n        return {result}\n"
        ).load()
        found = model(QWEN, loaded, TOTAL)
        assert (found.coverage.evidence, found.coverage.gaps) == (la.Evidence.COUNTED, ())
        assert found.build().flops == la.build(QWEN, la.Schedule()).flops

    def test_a_graph_of_another_schedule_is_none(self, plugins: Plugins) -> None:
        head, body, result = CHANGES["the schedule"]
        loaded = plugins.install(
            f"class Acme(Acme):\n    def {head}:\n        {body}\n        return {result}\n"
        ).load()
        (claim,) = (claim for claim in model(QWEN, loaded).coverage.claims if claim.builder == "acme")
        assert "the graph is one under another schedule" in claim.gaps[0].detail


class TestAlone:
    @pytest.mark.parametrize("build", [NOTHING, THE_SAME])
    def test_its_evidence_is_at_most_that_a_graph_came_out(self, build: str, plugins: Plugins) -> None:
        """That the total is that of the model card is said apart: it holds none of the operators."""
        loaded = plugins.install(build).load()
        del loaded.builders["qwen3"]
        coverage = model(QWEN, loaded, TOTAL).coverage
        assert (coverage.builder, coverage.evidence, coverage.counted) == ("acme", la.Evidence.BUILT, True)
        assert coverage.to_dict()["counted"] is True

    def test_what_the_host_wires_is_held_as_before(self, plugins: Plugins) -> None:
        loaded = plugins.install("").load()
        del loaded.builders["qwen3"]
        assert model(QWEN, loaded, TOTAL).coverage.evidence is la.Evidence.COUNTED
