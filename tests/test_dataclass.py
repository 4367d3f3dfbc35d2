"""Dataclasses that are made fast are frozen dataclasses to whoever uses them."""

from __future__ import annotations

import copy
import dataclasses
import inspect
import pickle
from dataclasses import FrozenInstanceError, field
from typing import Any

import pytest

from llmsim_adapters.dataclass import dataclass, replace


@dataclasses.dataclass(frozen=True, slots=True)
class Ordinary:
    a: int
    b: tuple[int, ...] = (1, 2)


@dataclass(frozen=True, slots=True)
class Quick:
    a: int
    b: tuple[int, ...] = (1, 2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wider(Quick):
    c: str
    d: float = 0.5


class Plain(Quick):
    """A subclass that is no dataclass of its own."""


def test_values_and_defaults_are_those_of_the_ordinary_class() -> None:
    for made in (Quick(5), Quick(5, (1, 2)), Quick(b=(1, 2), a=5), dataclasses.replace(Quick(7), a=5)):
        assert (made.a, made.b) == (5, (1, 2))
        assert made.__class__ is Quick
        assert made == Quick(5)
        assert hash(made) == hash(Ordinary(5))
        assert repr(made) == "Quick(a=5, b=(1, 2))"


def test_fields_are_inherited() -> None:
    assert Wider(5, c="c") == Wider(c="c", a=5, b=(1, 2), d=0.5)
    assert Wider(5, c="c") != Quick(5)
    assert isinstance(Wider(5, c="c"), Quick)


def test_a_subclass_keeps_its_class() -> None:
    assert Plain(5).__class__ is Plain
    assert Plain(5).a == 5


@pytest.mark.parametrize("made", [Quick(5), Wider(5, c="c")], ids=repr)
def test_objects_are_frozen_and_copied_like_any(made: Any) -> None:
    with pytest.raises(FrozenInstanceError):
        made.a = 6
    with pytest.raises(FrozenInstanceError):
        del made.a
    for other in (copy.copy(made), copy.deepcopy(made), pickle.loads(pickle.dumps(made))):
        assert other == made
        assert other.__class__ is made.__class__


@pytest.mark.parametrize("arguments", [{}, {"a": 1, "c": 2}], ids=["missing", "unknown"])
def test_wrong_arguments_are_refused_in_the_same_words(arguments: dict[str, Any]) -> None:
    with pytest.raises(TypeError) as ordinary:
        Ordinary(**arguments)
    with pytest.raises(TypeError) as quick_one:
        Quick(**arguments)
    assert str(quick_one.value) == str(ordinary.value).replace("Ordinary", "Quick")


def test_the_signature_is_that_of_the_ordinary_class() -> None:
    assert inspect.signature(Quick) == inspect.signature(Ordinary)


@pytest.mark.parametrize("old", [Quick(5), Wider(5, c="c"), Ordinary(5), Plain(5)], ids=repr)
@pytest.mark.parametrize("changes", [{}, {"a": 6}, {"b": (), "a": 7}], ids=repr)
def test_fields_are_replaced_as_in_the_ordinary_class(old: Any, changes: dict[str, Any]) -> None:
    before, new = repr(old), replace(old, **changes)
    assert new == dataclasses.replace(old, **changes)
    assert new.__class__ is old.__class__
    assert repr(old) == before
    with pytest.raises(FrozenInstanceError):
        new.a = 6


def test_an_unknown_field_is_refused_in_the_same_words() -> None:
    with pytest.raises(TypeError) as ordinary:
        dataclasses.replace(Quick(5), c=1)  # type: ignore[call-arg]
    with pytest.raises(TypeError) as quick_one:
        replace(Quick(5), c=1)
    assert str(quick_one.value) == str(ordinary.value)


@dataclass(frozen=True, slots=True)
class Rich:
    values: list[int] = field(default_factory=list)
    name: str = field(default="n", compare=False, repr=False)
    length: int = field(init=False, default=0)

    def __post_init__(self) -> None:
        object.__setattr__(self, "length", len(self.values))


def test_factories_and_what_follows_from_fields_are_made_for_each_object() -> None:
    one, other = Rich(), Rich(name="other")
    assert one.values == []
    assert one.values is not other.values
    assert one == other
    assert repr(Rich([1, 2])) == "Rich(values=[1, 2], length=2)"
    assert replace(Rich([1]), values=[1, 2, 3]).length == 3


def test_parameters_can_be_looked_at_before_there_is_an_object() -> None:
    @dataclass(frozen=True, slots=True, kw_only=True)
    class Unmade:
        a: int
        b: str = "b"

    assert str(inspect.signature(Unmade)) == "(*, a: 'int', b: 'str' = 'b') -> None"


def test_other_dataclasses_are_those_of_python() -> None:
    @dataclass
    class Changes:
        value: int = 0

    made = Changes()
    made.value = 1
    assert made == Changes(1)
    with pytest.raises(TypeError, match="unhashable"):
        hash(made)


def test_identity_can_be_kept() -> None:
    @dataclass(frozen=True, slots=True, eq=False)
    class Alone:
        value: int = 0

    assert Alone() != Alone()
    assert len({Alone(), Alone()}) == 2
