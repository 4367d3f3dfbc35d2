"""Frozen dataclasses whose objects are made fast: reading a config makes little else."""

from __future__ import annotations

import dataclasses
from dataclasses import MISSING, fields
from functools import update_wrapper
from typing import TYPE_CHECKING, Any, Final, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

_Kind = TypeVar("_Kind", bound=type)
_Object = TypeVar("_Object")

_REPLACE: Final[dict[type, Callable[..., Any]]] = {}
"""What makes a changed object of each class that is quick."""


def quick(kind: _Kind) -> _Kind:
    """Let objects of a frozen dataclass with slots be made in less than half the time.

    A frozen dataclass sets each field by a call of `object.__setattr__`. Here a new object is one of a twin class at
    first, with the same slots and nothing that refuses, so that fields are assigned; then it gets its own class. What a
    program sees of the class is as before. Like dataclasses themselves, this writes the source of an `__init__`.

    Raises:
        TypeError: the class has what this does not know: a default factory, `init=False`, or a `__post_init__`.
    """
    of_class: Any = kind
    known = fields(of_class)
    if hasattr(kind, "__post_init__") or not all(f.init and f.default_factory is MISSING for f in known):
        message = f"{kind.__name__}: quick() is for dataclasses of plain fields"
        raise TypeError(message)
    ordinary: Callable[..., None] = of_class.__init__
    written: Callable[..., None] | None = None

    def first(self: Any, *arguments: Any, **named: Any) -> None:
        nonlocal written
        if written is None:
            written = _written(of_class, ordinary)
        if of_class.__init__ is first:  # else what it is was put around this one
            of_class.__init__ = written
        written(self, *arguments, **named)

    of_class.__init__ = update_wrapper(first, ordinary)
    return kind


def _written(kind: Any, ordinary: Callable[..., None]) -> Callable[..., None]:
    """Return a class's quick `__init__`: at its first object, as most classes that are imported never have any."""
    known = fields(kind)
    twin = type(
        kind.__name__,
        kind.__bases__,
        {
            "__slots__": vars(kind)["__slots__"],
            "__setattr__": object.__setattr__,
            "__delattr__": object.__delattr__,
        },
    )
    names: dict[str, Any] = {"kind": kind, "twin": twin, "set": object.__setattr__, "ordinary": ordinary}
    names["create"] = object.__new__
    parameters = ["self", *(_parameter(f, names) for f in known if not f.kw_only)]
    by_keyword = [_parameter(f, names) for f in known if f.kw_only]
    parameters += ["*", *by_keyword] if by_keyword else []
    source = [
        f"def __init__({', '.join(parameters)}):",
        "  if self.__class__ is not kind:",  # an object of a subclass
        f"    return ordinary(self, {', '.join(f'{f.name}={f.name}' for f in known)})",
        "  set(self, '__class__', twin)",
        *(f"  self.{f.name} = {f.name}" for f in known),
        "  self.__class__ = kind",
        "def replace(old, changes):",
        "  new = create(twin)",
        *(f"  new.{f.name} = old.{f.name}" for f in known),
        "  for name, value in changes.items():",
        "    setattr(new, name, value)",
        "  new.__class__ = kind",
        "  return new",
    ]
    exec("\n".join(source), names)
    _REPLACE[kind] = names["replace"]
    return update_wrapper(names["__init__"], ordinary)


def replace(old: _Object, /, **changes: Any) -> _Object:
    """Return an object with other values in some fields, as `dataclasses.replace` does; of quick classes, fast."""
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


def _parameter(field: Any, names: dict[str, Any]) -> str:
    if field.default is MISSING:
        return str(field.name)
    names[f"default_{field.name}"] = field.default
    return f"{field.name}=default_{field.name}"
