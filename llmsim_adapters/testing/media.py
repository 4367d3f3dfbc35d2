"""The laws of encoders of pictures and sound: of every example whose encoders run something."""

from __future__ import annotations

import itertools
from contextlib import suppress
from typing import TYPE_CHECKING, Any, ClassVar, Final

import pytest

from llmsim_adapters.api import evaluate
from llmsim_adapters.evaluation.status import Status
from llmsim_adapters.gap import GapKind
from llmsim_adapters.graph.schedule import Schedule, ScheduleError
from llmsim_adapters.testing import laws

if TYPE_CHECKING:
    from collections.abc import Mapping

    from llmsim_adapters.graph.graph import OperatorGraph
    from llmsim_adapters.model import Model
    from llmsim_adapters.spec.model import Stack
    from llmsim_adapters.testing.example import Example

LADDERS: Final[dict[str, tuple[str, list[Any]]]] = {
    "image": ("images", [(96 << i, 128 << i) for i in range(5)]),
    "video": ("videos", [(4, 96 << i, 128 << i) for i in range(4)]),
    "audio": ("audio_seconds", [0.5 * 2**i for i in range(8)]),
}
"""By kind of media: the field of a schedule, and items of which each is twice as long and wide as the one before.

Videos have as many frames each: those of many share their pixels in some families.
"""

ODD: Final[dict[str, list[Any]]] = {
    "image": [(1, 1), (1, 2**20), (2**20, 1), (2**20, 2**20)],
    "video": [(1, 1, 1), (3, 7, 2000)],
    "audio": [1e-6, 3599.99],
}
"""Items that some processors refuse."""

_ROOM: Final = 2**30
_ROUNDED: Final = 16


def seeing(examples: Mapping[str, Example]) -> dict[str, Example]:
    """Return the examples whose encoders run something, and those that can't be loaded, which the laws then say."""
    found = {}
    for name, example in examples.items():
        with suppress(Exception):
            if not _running(example.load()):
                continue
        found[name] = example
    return found


class MediaLaws:
    """The laws of what an example's encoders run, for each kind of media that they take."""

    builder: ClassVar[str | None]

    def _seeing(self, example: Example) -> tuple[Model, list[str]]:
        """Return the example's model and the kinds of media that it takes."""
        model = example.load()
        kinds = sorted({kind for stack in _running(model) for kind in stack.media.takes}) if model.spec else []
        if not kinds:
            pytest.skip("the example has no encoder of pictures or sound that runs")
        return model, kinds

    def _run(self, model: Model, kind: str, *items: Any, **fields: Any) -> OperatorGraph:
        media = {LADDERS[kind][0]: items}
        return model.build(Schedule(**{"engine": "checkpoint", "seq_len": _ROOM, **media, **fields}), self.builder)

    def _runs(self, model: Model, kind: str) -> list[tuple[Any, OperatorGraph]]:
        """Return the items of a kind that the model takes, each with its graph."""
        found = []
        for item in LADDERS[kind][1]:
            with suppress(ScheduleError):
                found.append((item, self._run(model, kind, item)))
        assert found, f"the model takes none of {LADDERS[kind][1]}"
        return found

    def test_what_is_larger_becomes_no_fewer_tokens(self, example: Example) -> None:
        """But for what rounding leaves at a processor's bound, where larger items are shrunk to fit."""
        model, kinds = self._seeing(example)
        for kind in kinds:
            became = [(item, sum(each.length for each in graph.media)) for item, graph in self._runs(model, kind)]
            for (small, fewer), (large, more) in itertools.pairwise(became):
                assert more >= fewer - fewer // _ROUNDED, f"{small} becomes {fewer} tokens, and {large} {more}"

    def test_an_item_is_whole_sequences_of_an_encoder(self, example: Example) -> None:
        model, kinds = self._seeing(example)
        for kind in kinds:
            for item, graph in self._runs(model, kind):
                for seen in graph.media:
                    rows = sum(length * count for length, count in seen.pieces)
                    assert rows == seen.rows, f"{item}: {seen.rows} rows are not the sequences {seen.pieces}"

    def test_items_add_up(self, example: Example) -> None:
        """Two cost what each costs, unless a rule has several otherwise; a batch costs what its sequences do."""
        model, kinds = self._seeing(example)
        towers = _running(model)
        if any(stack.media.joined for stack in towers):
            pytest.skip("all items of a step are one sequence")
        names = {stack.name for stack in towers}
        for kind in kinds:
            (one, first), (two, second), *_ = self._runs(model, kind) * 2
            alone, batch = (_flops(self._run(model, kind, one, batch_size=size), names) for size in (1, 3))
            assert 2 * alone < batch <= 3 * alone, f"three sequences with {one} are not thrice one"  # but for positions
            items = (*first.media, *second.media)
            rules = [stack.media for stack in towers]
            as_alone = all(rule.among(2) == rule for rule in rules)
            if as_alone and all(rule.together(items) == items and not rule.combined(items) for rule in rules):
                both = _flops(self._run(model, kind, one, two), names)
                apart = _flops(first, names) + _flops(second, names)
                assert both == apart, f"{one} and {two} cost {both} FLOPs together, and {apart} one by one"

    def test_media_leave_weights_and_caches_as_they_are(self, example: Example) -> None:
        model, kinds = self._seeing(example)
        text = model.build(Schedule(engine="checkpoint", seq_len=8), self.builder)
        for kind in kinds:
            _, graph = self._runs(model, kind)[0]
            assert graph.weights == text.weights, "weights differ with media"
            assert graph.caches == text.caches, "caches differ with media"
            laws.totals_are_sums(graph)

    def test_a_sequence_holds_its_media(self, example: Example) -> None:
        model, kinds = self._seeing(example)
        for kind in kinds:
            item, graph = self._runs(model, kind)[0]
            needed = sum(each.length for each in graph.media)
            if needed > 1:
                self._run(model, kind, item, seq_len=needed)
                with pytest.raises(ScheduleError, match=f"{needed:,}"):
                    self._run(model, kind, item, seq_len=needed - 1)

    def test_odd_sizes_are_taken_or_refused(self, example: Example) -> None:
        model, kinds = self._seeing(example)
        for kind in kinds:
            for item in ODD[kind]:
                with suppress(ScheduleError):  # any other is an error of the rule's
                    graph = self._run(model, kind, item)
                    assert all(each.length >= 0 and each.rows >= 0 for each in graph.media), f"{item} becomes nothing"

    def test_a_key_of_an_encoder_that_nobody_knows_is_a_gap(self, example: Example) -> None:
        model, _ = self._seeing(example)
        config = dict(model.config.data)
        inner = [key for key in config if any(key.removesuffix("_config") == each.name for each in _running(model))]
        found = [key for key in inner if isinstance(config[key], dict)]
        if not found:
            pytest.skip("no encoder has an object of its own in the config")
        for key in found:
            answer = evaluate({**config, key: {**config[key], "a_key_that_nobody_knows": 7}})
            unread = [gap.name for gap in answer.gaps if gap.kind is GapKind.UNREAD_KEY]
            assert f"{key}.a_key_that_nobody_knows" in unread, f"an unknown key of `{key}` is passed over"
            assert answer.status != Status.FULLY_SUPPORTED


def _running(model: Model) -> list[Any]:
    """Return the encoders of a model that run something."""
    stacks: tuple[Stack, ...] = () if model.spec is None else model.spec.towers
    return [stack for stack in stacks if stack.media is not None]


def _flops(graph: OperatorGraph, stacks: set[str]) -> int:
    return sum(operator.flops for operator in graph.operators if operator.stack in stacks)
