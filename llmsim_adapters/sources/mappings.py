"""What is given as a dictionary, held to what a file could hold: JSON, of a bounded depth and size.

Dictionaries come from YAML, from `to_dict()` of some class, from columns of a table: nested mappings of other classes,
tuples, numbers of numpy, keys that are integers. They become what `json.dumps` would write and `json.loads` read.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from itertools import chain, islice
from operator import index
from typing import TYPE_CHECKING, Any, Final

from llmsim_adapters.sources.answer import Refusal
from llmsim_adapters.sources.reading import (
    MAX_CONFIG_BYTES,
    MAX_CONFIG_DEPTH,
    MAX_CONFIG_VALUES,
    too_deep,
    too_large,
    too_many_digits,
    too_many_values,
)
from llmsim_adapters.text import printable

if TYPE_CHECKING:
    from collections.abc import Iterable

_MOST_DIGITS: Final = 10**4300
"""Python reads and prints no integer of more digits."""

_MOST_KEYS: Final = 4096
"""Of so many keys it is said which one is no such."""

_LEAVES: Final = frozenset({str, bool, float, type(None)})
_PLAIN: Final = _LEAVES | {int, dict, list}
_CONSTANTS: Final = {True: "true", False: "false", None: "null"}


def plain(data: Mapping[Any, Any], name: str) -> dict[str, Any]:
    """Return a given dictionary as its file would be read.

    Raises:
        Refusal: a file couldn't hold it, or would not be read: it is nested too deep, too large, has an integer that
            Python doesn't print, or what JSON has no words for.
    """
    found = dict(data)
    try:
        if not _is_plain(found, name):
            found = {key: _json(value, _at(key, name)) for key, value in _keyed(found, name)}
            _is_plain(found, name)  # what it had in other words is counted now
    except Refusal:
        for key, value in islice(found.items(), _MOST_KEYS):  # which of them it is
            _is_plain({key: value}, _at(key, name))
        raise
    return found


def _at(key: object, name: str) -> str:
    return f"{name}, at {printable(repr(key))},"


def _is_plain(data: dict[Any, Any], name: str) -> bool:
    """Whether nothing but JSON is in a dictionary, which is walked level by level.

    An object is met as often as it is in others, as by whoever walks the config, or prints it.
    """
    only_json, entries, characters = True, 0, 0
    level: list[Any] = [data]
    for _ in range(MAX_CONFIG_DEPTH + 1):
        entries += sum(map(len, level))
        if entries > MAX_CONFIG_VALUES:
            raise too_many_values(name)
        mappings = [item for item in level if isinstance(item, (dict, Mapping))]
        keys = [*chain.from_iterable(mappings)]
        values = [*chain.from_iterable(mapping.values() for mapping in mappings)]
        if len(mappings) < len(level):
            values += chain.from_iterable(item for item in level if isinstance(item, (list, tuple)))
        kinds = {*map(type, values)}
        only_json &= kinds <= _PLAIN and {*map(type, keys)} <= {str}
        characters += sum(len(key) for key in keys if isinstance(key, str))
        if str in kinds:
            characters += sum(len(value) for value in values if value.__class__ is str)
        if characters > MAX_CONFIG_BYTES:
            raise too_large(f"{name} has more than {characters - 1:,} bytes")
        if any(issubclass(kind, int) for kind in kinds - _LEAVES) and any(map(_is_too_long, values)):
            raise too_many_digits(name)
        walked = tuple(kind for kind in kinds if issubclass(kind, (dict, list, tuple, Mapping)))
        if not walked:
            return only_json
        level = [value for value in values if isinstance(value, walked)]
    raise too_deep(name)


def _is_too_long(value: object) -> bool:
    return isinstance(value, int) and not -_MOST_DIGITS < value < _MOST_DIGITS


def _json(value: Any, where: str) -> Any:
    """Return a value as JSON has it; what it has no words for is what it says of itself, as a path or a date."""
    if value.__class__ in _LEAVES or value.__class__ is int:
        return value
    if isinstance(value, Mapping):
        return {key: _json(item, where) for key, item in _keyed(value, where)}
    if isinstance(value, (list, tuple)):
        return [_json(item, where) for item in value]
    try:
        if isinstance(value, (str, float)):
            return str.__str__(value) if isinstance(value, str) else float(value)
        for number in (index, float):
            with suppress(TypeError):  # it is none
                return _bounded(number(value), where)
        return str(value)
    except Refusal:
        raise
    except Exception as error:
        kind = printable(type(value).__name__)
        raise Refusal("not_json", f"{where} is of the class {kind}, which JSON has no words for") from error


def _keyed(data: Mapping[Any, Any], where: str) -> Iterable[tuple[str, Any]]:
    """Yield the items of a mapping, keys as JSON writes them.

    Raises:
        Refusal: a key is of another kind, or two of them are written alike.
    """
    seen = set()
    for key, value in data.items():
        if isinstance(key, str):
            name = str.__str__(key)
        elif isinstance(key, (int, float)) or key is None:
            name = _CONSTANTS[key] if key is None or isinstance(key, bool) else str(_bounded(key, where))
        else:
            kind = printable(type(key).__name__)
            raise Refusal("not_json", f"{where} has a key of the class {kind}; the keys of JSON are strings")
        if name in seen:
            raise Refusal("duplicate_key", f"{where} has the key {printable(name)!r} twice: which one counts?")
        seen.add(name)
        yield name, value


def _bounded(value: float, where: str) -> float:
    if _is_too_long(value):
        raise too_many_digits(where)
    return int(value) if isinstance(value, int) else float(value)
