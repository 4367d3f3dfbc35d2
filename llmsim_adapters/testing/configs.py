"""The laws of what a builder's dialects make of configs that are not as they should be."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any, ClassVar, Final

from llmsim_adapters.api import evaluate
from llmsim_adapters.errors import AdapterError
from llmsim_adapters.evaluation.status import Status
from llmsim_adapters.gap import GapKind
from llmsim_adapters.loading import load

if TYPE_CHECKING:
    from collections.abc import Sequence

    from llmsim_adapters.testing.example import Example

_BAD: Final[tuple[Any, ...]] = ("many", -1, 0, 1.5, True, [3], {"a": 1})
_OF_NO_KEY: Final[tuple[Any, ...]] = (-7.5, [{}], [[]], {"nonsense": 1}, float("nan"))


class ConfigLaws:
    """The laws of each example's config with one key changed."""

    builder: ClassVar[str]

    def test_a_key_that_nobody_knows_is_a_gap(self, example: Example) -> None:
        answer = evaluate({**example.config(), "a_key_that_nobody_knows": 7})
        assert (GapKind.UNREAD_KEY, "a_key_that_nobody_knows") in [(gap.kind, gap.name) for gap in answer.gaps]
        assert answer.status != Status.FULLY_SUPPORTED

    def test_every_key_that_is_read_has_a_type(self, example: Example) -> None:
        """A value of another type than a key's, and than any key's, is a gap; nothing that a key says raises."""
        config = example.config()
        coverage = evaluate(config)
        read = {parameter.key for parameter in coverage.parameters.values() if parameter.key is not None}
        for path in sorted(read - coverage.without_effect.keys()):
            for value in _OF_NO_KEY:
                changed = _with(config, path.split("."), value)
                if changed is not None:
                    answer = evaluate(changed)
                    assert answer.status != Status.FULLY_SUPPORTED, f"`{path}` = {value!r} passes for a value"

    def test_bad_values_are_gaps_that_name_the_key(self, example: Example) -> None:
        config = example.config()
        for key, value in config.items():
            if value.__class__ is not int:
                continue
            for bad in _BAD:
                model = load({**config, key: bad})
                said = [gap for gap in model.coverage.gaps if gap.kind is GapKind.INVALID_CONFIG]  # nothing is raised
                named = any(key in gap.name or key in gap.detail for gap in said)
                assert named or not said, f"{key}={bad!r}: {said[0]}"
                with suppress(AdapterError):  # the only kind of error there is
                    model.build(builder=self.builder)


def _with(config: dict[str, Any], path: Sequence[str], value: object) -> dict[str, Any] | None:
    """Return the config with a value under a path of keys; None where the path is not one of objects alone."""
    key, *rest = path
    if key not in config:
        return None
    if not rest:
        return {**config, key: value}
    inner = _with(config[key], rest, value) if isinstance(config[key], dict) else None
    return None if inner is None else {**config, key: inner}
