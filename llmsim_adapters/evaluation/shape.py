"""Shapes: a config taken apart, into its integers and all else.

Texts, floats, lists and objects under keys without a cost are no part of it: nobody looks at them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from llmsim_adapters.dialects.keys.costless import COSTLESS
from llmsim_adapters.dialects.keys.kinds import SPELLED
from llmsim_adapters.recording.tape import Untold

if TYPE_CHECKING:
    from llmsim_adapters.recording.tape import Tape
    from llmsim_adapters.sources import Content

_LARGEST: Final = 1024
"""The most values of an object or a list that is looked at, and the most characters of a text."""
_DEEPEST: Final = 8
_UNTOLD: Final = frozenset({str, float, list, dict})
_NOBODYS: Final = COSTLESS.keys() - SPELLED.keys() - {"candidate_resolutions", "tile_tag"}
"""The keys whose values nobody looks at: those without a cost, but for a few of which something is expected."""


class Shape(NamedTuple):
    """A config taken apart: all but its integers, and these in order."""

    structure: tuple[Any, ...]
    integers: list[int]


def shape_of(content: Content) -> Shape | None:
    """Return the shape of a config and what is beside it; None where it has what JSON hasn't, or very much."""
    integers: list[int] = []
    beside = content.sidecars
    try:
        parts = [content.data, beside.files, beside.unread] if beside.files or beside.unread else [content.data]
        structure = (beside.complete, *[_object(part, integers, 0) for part in parts])
        return Shape(structure, integers) if len(integers) <= _LARGEST else None
    except _Unshaped:
        return None


class _Unshaped(Exception):
    """A config has something that is not looked at."""


def _object(data: Any, integers: list[int], depth: int) -> tuple[Any, ...]:
    """Return the keys of an object and what a structure has of its values."""
    if data.__class__ is not dict or len(data) > _LARGEST or depth > _DEEPEST:
        raise _Unshaped
    found: list[Any] = [*data]
    for key, value in data.items():
        kind = value.__class__
        if kind is int:
            integers.append(value)
            found.append(int)
        elif kind is bool or value is None:
            found.append(value)
        elif key in _NOBODYS and kind in _UNTOLD:
            found.append(Untold)
        elif kind is str and len(value) <= _LARGEST:
            found.append(value)
        else:
            found.append(_value(value, integers, depth))
    return tuple(found)


def _value(value: Any, integers: list[int], depth: int) -> Any:
    """Return what a structure has of a value: of an integer that it is one, of any other what it is."""
    kind = value.__class__
    if kind is int:
        integers.append(value)
        return int
    if kind is list:
        if len(value) > _LARGEST or depth > _DEEPEST:
            raise _Unshaped
        return (kind, *[_value(item, integers, depth + 1) for item in value])
    if kind is float:
        return kind, repr(value)  # 1.0 is no 1, nor true
    if kind is bool or value is None or (kind is str and len(value) <= _LARGEST):
        return value
    return kind, _object(value, integers, depth + 1)


def given(value: Any, tape: Tape) -> Any:
    """Return a copy of what a config has, as its shape has it: its integers are given to a tape, in their order."""
    if value.__class__ is int:
        return tape.give(value)
    if value.__class__ is dict:
        return {
            key: Untold() if key in _NOBODYS and of.__class__ in _UNTOLD else given(of, tape)
            for key, of in value.items()
        }
    if value.__class__ is list:
        return [given(item, tape) for item in value]
    return value
