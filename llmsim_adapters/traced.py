"""Integers that remember how they came about.

The working that `explain` prints is the working itself: the reader, the dialects and the lowerings run once more
on `Traced` integers in place of plain ones, so no formula is ever written down a second time. Code that is to be
traced is ordinary arithmetic with `+ - * //` and the functions `ceil_div`, `minimum` and `maximum` of this module.
The same code computes with the columns of a sweep, whose comparisons may have no one answer, but can be chosen by.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

_PRECEDENCE: Final = {"+": 1, "-": 1, "*": 2, "//": 2}


class Traced(int):
    """An integer with its expression: a leaf (`name`, `origin`), or an operation on other integers.

    Values, comparisons and hashes are those of the plain integer.
    """

    name: str
    origin: str
    operation: str
    operands: tuple[int, ...]

    @classmethod
    def leaf(cls, value: int, name: str, origin: str) -> Traced:
        """Return `value` under the name that formulas show, with the text that says where it is from."""
        self = cls(value)
        self.name, self.origin, self.operation, self.operands = name, origin, "", ()
        return self

    @classmethod
    def result(cls, value: int, operation: str, *operands: int) -> Traced:
        self = cls(value)
        self.name, self.origin, self.operation, self.operands = "", "", operation, operands
        return self

    def __add__(self, other: Any) -> Any:
        if other.__class__ is int and other == 0:  # the start value of sum()
            return self
        return _result(int.__add__(self, other), "+", self, other)

    def __radd__(self, other: Any) -> Any:
        if other.__class__ is int and other == 0:
            return self
        return _result(int.__radd__(self, other), "+", other, self)

    def __sub__(self, other: Any) -> Any:
        return _result(int.__sub__(self, other), "-", self, other)

    def __rsub__(self, other: Any) -> Any:
        return _result(int.__rsub__(self, other), "-", other, self)

    def __mul__(self, other: Any) -> Any:
        if other.__class__ is int and other == 1:
            return self
        return _result(int.__mul__(self, other), "*", self, other)

    def __rmul__(self, other: Any) -> Any:
        if other.__class__ is int and other == 1:
            return self
        return _result(int.__rmul__(self, other), "*", other, self)

    def __floordiv__(self, other: Any) -> Any:
        return _result(int.__floordiv__(self, other), "//", self, other)

    def __rfloordiv__(self, other: Any) -> Any:
        return _result(int.__rfloordiv__(self, other), "//", other, self)

    def __reduce__(self) -> tuple[Any, ...]:
        return int, (int(self),)


def _result(value: Any, operation: str, left: Any, right: Any) -> Any:
    return value if value is NotImplemented else Traced.result(value, operation, left, right)


def ceil_div(a: int, b: int) -> int:
    """Return a / b, rounded up."""
    if a.__class__ is Traced or b.__class__ is Traced:
        return Traced.result(-(-int(a) // int(b)), "ceil_div", a, b)
    return -(-a // b)


def minimum(a: int, b: int) -> int:
    """Return the smaller of two integers."""
    chosen: Any = b < a
    value = b if chosen is True else a if chosen is False else chosen.choose(b, a)
    if a.__class__ is Traced or b.__class__ is Traced:
        return Traced.result(value, "min", a, b)
    return value


def maximum(a: int, b: int) -> int:
    """Return the larger of two integers."""
    chosen: Any = b > a
    value = b if chosen is True else a if chosen is False else chosen.choose(b, a)
    if a.__class__ is Traced or b.__class__ is Traced:
        return Traced.result(value, "max", a, b)
    return value


def formula(value: int) -> str:
    """Return the expression of `value` in Python's notation; a plain integer is its own expression."""
    return _render(value, 0)


def _render(value: int, outer: int) -> str:
    if not isinstance(value, Traced):
        return str(value)
    if value.name:
        return value.name
    if value.operation not in _PRECEDENCE:
        return f"{value.operation}({', '.join(_render(operand, 0) for operand in value.operands)})"
    inner = _PRECEDENCE[value.operation]
    left, right = value.operands
    # Only a right operand of the same precedence needs brackets: 2 * (a // b), a - (b - c).
    right_outer = inner if value.operation in "+*" and _operation(right) == value.operation else inner + 1
    text = f"{_render(left, inner)} {value.operation} {_render(right, right_outer)}"
    return f"({text})" if inner < outer else text


def _operation(value: int) -> str:
    return value.operation if isinstance(value, Traced) else ""


def leaves(value: int) -> Iterator[Traced]:
    """Yield the named integers in the expression of `value`, each name once, left to right."""
    seen: set[str] = set()
    pending = [value]
    while pending:
        node = pending.pop()
        if not isinstance(node, Traced):
            continue
        if node.name and node.name not in seen:
            seen.add(node.name)
            yield node
        pending.extend(reversed(node.operands))
