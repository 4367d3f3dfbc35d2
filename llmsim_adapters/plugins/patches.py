"""Whether a plugin's code has put functions or classes of its own into this package or into Python's library."""

from __future__ import annotations

import os
import sys
from types import FunctionType, ModuleType
from typing import TYPE_CHECKING, Any, Final

from llmsim_adapters.text import printable

if TYPE_CHECKING:
    from collections.abc import Iterator

_OWN: Final = ("llmsim_adapters", "llmsim_builders")


def patches(package: str) -> list[str]:
    """Return what modules hold that comes from a plugin's package, each with the file and line that it is from.

    What modules that are imported later take over from there is the same replacement, and told once.
    """
    found: dict[int, str] = {}
    for name, value in _held():
        if _package(value) == package:
            found.setdefault(id(value), f"`{name}` by {_described(value)}")
    return list(found.values())


def _held() -> Iterator[tuple[str, Any]]:
    for name, module in list(sys.modules.items()):
        root = name.partition(".")[0]
        own = root in _OWN
        if not isinstance(module, ModuleType) or not (own or root in sys.stdlib_module_names) or root == "__main__":
            continue
        for key, value in list(vars(module).items()):
            if callable(value):
                yield f"{name}.{key}", value
            if own and isinstance(value, type) and value.__module__ == name:
                for method, function in list(vars(value).items()):
                    if isinstance(function, (FunctionType, property, classmethod, staticmethod)):
                        yield f"{name}.{value.__qualname__}.{method}", function


def _plain(value: Any) -> Any:
    """Return the function that is wrapped as a method, a property or a partial call."""
    for name in ("func", "fget", "__func__"):
        value = getattr(value, name, value)
    return value


def _package(value: Any) -> str:
    return str(getattr(_plain(value), "__module__", "")).partition(".")[0]


def _described(value: Any) -> str:
    plain = _plain(value)
    code = getattr(plain, "__code__", None)
    name = str(getattr(plain, "__qualname__", type(plain).__name__))
    return printable(name if code is None else f"{name} in {os.path.basename(code.co_filename)}:{code.co_firstlineno}")
