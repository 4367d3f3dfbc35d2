"""The class that the tests of a dialect subclass, whoever builds its models."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import pytest

from llmsim_adapters.dialects.reading.find import find
from llmsim_adapters.gap import GapKind
from llmsim_adapters.graph.schedule import Schedule
from llmsim_adapters.loading import load
from llmsim_adapters.plugins.manager import registered
from llmsim_adapters.plugins.vocabulary import quoted
from llmsim_adapters.testing.configs import ConfigLaws
from llmsim_adapters.testing.graphs import GraphLaws
from llmsim_adapters.testing.media import MediaLaws

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from llmsim_adapters.dialects.reading.dialect import Dialect
    from llmsim_adapters.testing.example import Example

_MISREAD = (GapKind.UNREAD_KEY, GapKind.CONFLICTING_KEYS, GapKind.INVALID_CONFIG, GapKind.MISSING_PARAMETER)


class DialectConformance(GraphLaws, MediaLaws, ConfigLaws):
    """The laws of a dialect, as tests: of a plugin that brings no builder, by its own examples and nobody else's.

    Set `model_type` and `examples`. Graphs are those of the best builder, or of `builder`. `constants` are as in
    `BuilderConformance`.
    """

    model_type: ClassVar[str]
    examples: ClassVar[Mapping[str, Example]]
    builder: ClassVar[str | None] = None  # type: ignore[assignment]

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        """Give each law its cases: the examples, or what the dialect says."""
        if "example" in metafunc.fixturenames:
            examples = type(self).examples
            metafunc.parametrize("example", list(examples.values()), ids=list(examples))
        for name, cases in (("default", "defaults"), ("alias", "aliases"), ("costless", "costless")):
            if name in metafunc.fixturenames:
                metafunc.parametrize(name, sorted(getattr(self._dialect(), cases)))

    @classmethod
    def _dialect(cls) -> Dialect:
        found = registered()
        dialect = find(cls.model_type, found.dialects)
        if dialect is None:
            reasons = "".join(f"\n  {fault}" for fault in found.faults())
            pytest.fail(f"no dialect of {cls.model_type!r} is registered; is its distribution installed?{reasons}")
        return dialect

    # What it reads

    def test_it_reads_the_example(self, example: Example) -> None:
        reading = example.load().reading
        assert reading.spec is not None, f"no spec: {[str(gap) for gap in reading.gaps]}"
        assert reading.dialect == self.model_type, f"the config is of the type {reading.model_type!r}"
        misread = [str(gap) for gap in reading.gaps if gap.kind in _MISREAD]
        assert not misread, f"not all of the config is read: {misread}"

    def test_a_builder_builds_the_example(self, example: Example) -> None:
        coverage = example.load().coverage
        assert coverage.builder is not None, f"no builder claims it: {[str(gap) for gap in coverage.gaps]}"

    def test_a_default_is_read(self, default: str) -> None:
        """Where the name is the dialect's own: those that this package's dialects know, they may read elsewhere."""
        if default.rpartition(".")[2] in quoted():
            return
        read = [name for name, example in self.examples.items() if default in example.load().reading.parameters]
        assert read, f"no example reads the default {default!r}: it is misspelt, or needs an example that does"

    def test_an_alias_says_what_it_is_for(self, alias: str) -> None:
        """With the key under its other name, everything is the same."""
        target = self._dialect().aliases[alias]
        for config, key in self._saying(target):
            if key == alias:
                key, other = alias, target
            else:
                other = alias
            renamed = {other if name == key else name: value for name, value in config.items()}
            before, after = load(config), load(renamed)
            assert after.coverage.gaps == before.coverage.gaps
            schedule = Schedule(engine="checkpoint", seq_len=8)
            assert after.build(schedule).totals() == before.build(schedule).totals(), f"`{alias}` is not `{target}`"
            return
        pytest.skip(f"no example has `{target}`")

    def _saying(self, parameter: str) -> Iterator[tuple[dict[str, Any], str]]:
        """Yield the configs that say a parameter at their top, and the key that does."""
        for example in self.examples.values():
            model = example.load()
            found = model.reading.parameters.get(parameter)
            if found is not None and found.key in model.config.data:
                yield dict(model.config.data), str(found.key)

    def test_a_costless_key_costs_nothing(self, costless: str) -> None:
        for name, example in self.examples.items():
            model = example.load()
            if model.reading.path or costless in model.config.data:
                continue  # its keys are those of an inner object, or say what the model is
            with_it = load({**model.config.data, costless: 7})
            assert with_it.coverage.gaps == model.coverage.gaps, f"{name}: `{costless}` is not costless"
            schedule = Schedule(engine="checkpoint", seq_len=8)
            assert with_it.build(schedule).totals() == model.build(schedule).totals(), f"{name}: `{costless}` costs"
