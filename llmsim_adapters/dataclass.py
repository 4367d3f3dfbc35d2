"""Frozen dataclasses that are defined, and whose objects are made, in less than half the time.

Reading a config makes little else than their objects, and a command imports many classes of which it makes none. What a
program sees of them is what it sees of Python's own.
"""

from __future__ import annotations

import dataclasses
from dataclasses import MISSING, fields
from functools import partial
from operator import attrgetter
from reprlib import recursive_repr
from typing import TYPE_CHECKING, Any, Final, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable
    from dataclasses import dataclass as dataclass

_Object = TypeVar("_Object")

_REPLACE: Final[dict[type, Callable[..., Any]]] = {}
"""What makes a changed object of each class that has had one."""


def _dataclass(kind: Any = None, /, *, frozen: bool = False, slots: bool = False, **options: Any) -> Any:
    """Return a dataclass as `dataclasses.dataclass` does; of one that is frozen and has slots, methods are our own.

    Python writes and compiles the source of each method as a class is defined. Here equality, hash and text need no
    source, and `__init__` is written at the first object.
    """
    if kind is None:
        return partial(_dataclass, frozen=frozen, slots=slots, **options)
    if not (frozen and slots) or options.keys() - {"kw_only", "eq"}:
        return dataclasses.dataclass(kind, frozen=frozen, slots=slots, **options)
    own = vars(kind).keys()
    compares = options.pop("eq", True)
    made: Any = dataclasses.dataclass(kind, frozen=True, slots=True, init=False, repr=False, eq=False, **options)
    if "__repr__" not in own:
        made.__repr__ = _repr
    if compares and "__eq__" not in own:
        values = _values([field.name for field in fields(made) if field.compare])
        made.__eq__ = _equality(values)
        if "__hash__" not in own:
            hashed = [field.name for field in fields(made) if (field.compare if field.hash is None else field.hash)]
            made.__hash__ = _hash(_values(hashed))
    made.__init__ = _Unwritten(made)
    return made


if not TYPE_CHECKING:
    dataclass = _dataclass


@recursive_repr()
def _repr(self: Any) -> str:
    said = [f"{field.name}={getattr(self, field.name)!r}" for field in fields(self) if field.repr]
    return f"{self.__class__.__qualname__}({', '.join(said)})"


def _values(names: list[str]) -> Callable[[Any], tuple[Any, ...]]:
    """Return what gives an object's values in a tuple."""
    if len(names) > 1:
        return attrgetter(*names)
    return lambda of: tuple([getattr(of, name) for name in names])


def _equality(values: Callable[[Any], tuple[Any, ...]]) -> Callable[[Any, Any], Any]:
    def equal(self: Any, other: Any) -> Any:
        return values(self) == values(other) if other.__class__ is self.__class__ else NotImplemented

    return equal


def _hash(values: Callable[[Any], tuple[Any, ...]]) -> Callable[[Any], int]:
    return lambda self: hash(values(self))


class _Unwritten:
    """The `__init__` of a class until it is asked for, by its first object or by whoever looks at its parameters."""

    def __init__(self, kind: Any) -> None:
        self._kind = kind

    def __get__(self, instance: Any, owner: Any) -> Any:
        written = _init_of(self._kind)
        if vars(self._kind)["__init__"] is self:
            self._kind.__init__ = written
        return written.__get__(instance, owner)


class _Factory:
    """What stands for the default of a field that is made anew for each object."""

    def __repr__(self) -> str:
        return "<factory>"


_FACTORY: Final = _Factory()


def _init_of(kind: Any) -> Any:
    """Write the `__init__` of a class, and what makes a changed object of it.

    A frozen dataclass sets each field by a call of `object.__setattr__`. Here a new object is one of a twin class at
    first, with the same slots and nothing that refuses, so that fields are assigned; then it gets its own class.
    """
    known = fields(kind)
    twin = type(
        kind.__name__,
        kind.__bases__,
        {
            "__slots__": vars(kind)["__slots__"],
            "__setattr__": object.__setattr__,
            "__delattr__": object.__delattr__,
            **{name: of for name, of in vars(kind).items() if name == "__orig_bases__"},  # of what is generic
        },
    )
    names: dict[str, Any] = {"kind": kind, "twin": twin, "set": object.__setattr__, "FACTORY": _FACTORY}
    names["create"] = object.__new__
    given = [field for field in known if field.init]
    parameters = ["self", *(_parameter(f, names) for f in given if not f.kw_only)]
    by_keyword = [_parameter(f, names) for f in given if f.kw_only]
    parameters += ["*", *by_keyword] if by_keyword else []
    said = [(field.name, _value(field, names)) for field in known]
    plain = not hasattr(kind, "__post_init__") and len(given) == len(known)
    source = [
        f"def __init__({', '.join(parameters)}):",
        "  if self.__class__ is kind:",
        "    set(self, '__class__', twin)",
        *(f"    self.{name} = {value}" for name, value in said if value),
        "    self.__class__ = kind",
        "  else:",  # an object of a subclass
        *(f"    set(self, {name!r}, {value})" for name, value in said if value),
        "    pass",
        "" if plain or not hasattr(kind, "__post_init__") else "  self.__post_init__()",
        "def replace(old, changes):",
        "  new = create(twin)",
        *(f"  new.{f.name} = old.{f.name}" for f in known),
        "  for name, value in changes.items():",
        "    setattr(new, name, value)",
        "  new.__class__ = kind",
        "  return new",
    ]
    exec("\n".join(source), names)
    if plain:
        _REPLACE[kind] = names["replace"]
    init = names["__init__"]
    init.__qualname__, init.__module__ = f"{kind.__qualname__}.__init__", kind.__module__
    init.__annotations__ = {**{field.name: field.type for field in given}, "return": None}
    return init


def _parameter(field: Any, names: dict[str, Any]) -> str:
    if field.default_factory is not MISSING:
        return f"{field.name}=FACTORY"
    if field.default is MISSING:
        return str(field.name)
    names[f"default_{field.name}"] = field.default
    return f"{field.name}=default_{field.name}"


def _value(field: Any, names: dict[str, Any]) -> str:
    """Return the expression of a field's value; empty where it has none at first."""
    name = str(field.name)
    if field.default_factory is not MISSING:
        names[f"factory_{name}"] = field.default_factory
        made = f"factory_{name}()"
        return f"{made} if {name} is FACTORY else {name}" if field.init else made
    if field.init:
        return name
    if field.default is MISSING:
        return ""
    names[f"default_{name}"] = field.default
    return f"default_{name}"


def replace(old: _Object, /, **changes: Any) -> _Object:
    """Return an object with other values in some fields, as `dataclasses.replace` does; of these classes, fast."""
    known = _REPLACE.get(old.__class__)
    if known is not None:
        try:
            new: _Object = known(old, changes)
        except AttributeError:  # a name of no field, for which there are usual words
            pass
        else:
            return new
    anything: Any = old
    replaced: _Object = dataclasses.replace(anything, **changes)
    return replaced
