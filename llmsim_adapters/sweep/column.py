"""Columns: an integer of each point of a sweep, with which lowerings and totals compute as with one integer.

What a lowering asks of a size is asked of all points at once. Where they answer differently (`if seq_len == 1`, a size
that the ranks can't have equal parts of, an `int` of what is not one), `Mixed` is raised with each point's answer, and
the sweep takes the points apart by it. So a column never takes a branch that one of its points would not take.

Figures are exact: every column carries bounds of its values, computed in Python's integers along with it, and where
they leave 64 bits its values are Python's integers too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeAlias

    from numpy.typing import NDArray

    Operand: TypeAlias = "Column | int"
    Bounds: TypeAlias = tuple[int, int]

_LARGEST: Final = 2**63 - 1


class Mixed(Exception):
    """The points of a sweep differ in what was asked; `answers` has each one's answer, a truth or an integer."""

    def __init__(self, answers: NDArray[Any]) -> None:
        self.answers = answers
        super().__init__("the points of a sweep differ in what was asked")


class Column:
    """An integer of each point, from `low` to `high`; 64 bits wide, or Python's where these bounds need more.

    The axes of `values` are those of all columns of a sweep; along those where nothing changes it has one integer.
    """

    __slots__ = ("high", "low", "values")

    def __init__(self, values: NDArray[Any], low: int, high: int) -> None:
        self.values = values
        self.low = low
        self.high = high

    def __repr__(self) -> str:
        return f"<Column of {self.values.size} integers from {self.low} to {self.high}>"

    def __format__(self, _: str) -> str:
        """Columns stand in messages of errors that are raised for all of their points."""
        return repr(self)

    def __bool__(self) -> bool:
        return bool(_compared(np.not_equal, self, 0))

    def __neg__(self) -> Operand:
        return _computed(np.subtract, _difference, 0, self)

    def __add__(self, other: Operand) -> Operand:
        return self if other.__class__ is int and other == 0 else _computed(np.add, _sum, self, other)

    __radd__ = __add__

    def __sub__(self, other: Operand) -> Operand:
        return _computed(np.subtract, _difference, self, other)

    def __rsub__(self, other: int) -> Operand:
        return _computed(np.subtract, _difference, other, self)

    def __mul__(self, other: Operand) -> Operand:
        return self if other.__class__ is int and other == 1 else _computed(np.multiply, _product, self, other)

    __rmul__ = __mul__

    def __floordiv__(self, other: Operand) -> Operand:
        return self if other.__class__ is int and other == 1 else _divided(np.floor_divide, _quotient, self, other)

    def __rfloordiv__(self, other: int) -> Operand:
        return _divided(np.floor_divide, _quotient, other, self)

    def __mod__(self, other: Operand) -> Operand:
        return _divided(np.remainder, _remainder, self, other)

    def __rmod__(self, other: int) -> Operand:
        return _divided(np.remainder, _remainder, other, self)

    def __lt__(self, other: Operand) -> Mask | bool:
        return _compared(np.less, self, other)

    def __le__(self, other: Operand) -> Mask | bool:
        return _compared(np.less_equal, self, other)

    def __gt__(self, other: Operand) -> Mask | bool:
        return _compared(np.greater, self, other)

    def __ge__(self, other: Operand) -> Mask | bool:
        return _compared(np.greater_equal, self, other)

    def __eq__(self, other: object) -> Any:
        return _compared(np.equal, self, other) if isinstance(other, (Column, int)) else NotImplemented

    def __ne__(self, other: object) -> Any:
        return _compared(np.not_equal, self, other) if isinstance(other, (Column, int)) else NotImplemented

    def __index__(self) -> int:
        """What asks for one integer is asked of the points of each integer apart."""
        one = column(self.values)
        if isinstance(one, Column):
            raise Mixed(self.values)
        return one

    __int__ = __index__

    def __hash__(self) -> int:
        return hash(int(self))


class Mask:
    """The answers of points that don't agree. They can be chosen by, but there is no one truth of them."""

    __slots__ = ("answers",)

    def __init__(self, answers: NDArray[np.bool_]) -> None:
        self.answers = answers

    def __bool__(self) -> bool:
        raise Mixed(self.answers)

    def choose(self, yes: Operand, no: Operand) -> Operand:
        """Return each point's integer of `yes` where its answer is that, else of `no`."""
        return column(np.where(self.answers, *_values(yes, no)))


def column(values: NDArray[Any]) -> Operand:
    """Return the column of an array, or its one integer if there is no other in it."""
    found = _measured(values)
    return found.low if found.low == found.high else found


def _measured(values: NDArray[Any]) -> Column:
    low, high = int(values.min()), int(values.max())
    return Column(values.astype(np.int64 if _fit(low, high) else object, copy=False), low, high)


def _computed(
    ufunc: np.ufunc, bounds: Callable[[int, int, int, int], Bounds], left: Operand, right: Operand
) -> Operand:
    """Return an operation on each point's integers; `bounds` gives those of the result by those of the operands."""
    a: Any
    b: Any
    if isinstance(left, Column):
        a, a_low, a_high = left.values, left.low, left.high
    else:
        a = a_low = a_high = left
    if isinstance(right, Column):
        b, b_low, b_high = right.values, right.low, right.high
    else:
        b = b_low = b_high = right
    low, high = bounds(a_low, a_high, b_low, b_high)
    if low == high:
        return low
    if _fit(low, high) and _fit(a_low, a_high) and _fit(b_low, b_high):
        return Column(ufunc(a, b), low, high)
    left, right = _tight(left), _tight(right)  # bounds by bounds may be wider than need be
    low, high = bounds(*_span(left), *_span(right))
    values: NDArray[Any] = ufunc(*_values(left, right, wide=True))
    return Column(values.astype(np.int64, copy=False) if _fit(low, high) else values, low, high)


def _divided(ufunc: np.ufunc, bounds: Callable[[int, int, int, int], Bounds], left: Operand, right: Operand) -> Operand:
    """Return the same of a division. Divisors are sizes; by 0 numpy would divide without a word."""
    if _span(right)[0] < 1:
        right = _tight(right)
        if _span(right)[0] < 1:
            message = "a divisor is less than 1"
            raise ZeroDivisionError(message)
    return _computed(ufunc, bounds, left, right)


def _compared(ufunc: np.ufunc, left: Operand, right: Operand) -> Mask | bool:
    answers = ufunc(*_values(left, right)).astype(np.bool_, copy=False)
    if answers.all():
        return True
    return Mask(answers) if answers.any() else False


def _fit(low: int, high: int) -> bool:
    return low >= -_LARGEST and high <= _LARGEST


def _values(left: Operand, right: Operand, wide: bool = False) -> tuple[Any, Any]:
    """Return what numpy is to compute with: Python's integers where 64 bits don't suffice for all of them."""
    a, b = (value.values if isinstance(value, Column) else value for value in (left, right))
    if wide or not _fit(*_span(left)) or not _fit(*_span(right)):
        return np.asarray(a, dtype=object), np.asarray(b, dtype=object)
    return a, b


def _span(value: Operand) -> Bounds:
    return (value.low, value.high) if isinstance(value, Column) else (value, value)


def _tight(value: Operand) -> Operand:
    return _measured(value.values) if isinstance(value, Column) else value


def _sum(a_low: int, a_high: int, b_low: int, b_high: int) -> Bounds:
    return a_low + b_low, a_high + b_high


def _difference(a_low: int, a_high: int, b_low: int, b_high: int) -> Bounds:
    return a_low - b_high, a_high - b_low


def _product(a_low: int, a_high: int, b_low: int, b_high: int) -> Bounds:
    if a_low >= 0 <= b_low:
        return a_low * b_low, a_high * b_high
    corners = a_low * b_low, a_low * b_high, a_high * b_low, a_high * b_high
    return min(corners), max(corners)


def _quotient(a_low: int, a_high: int, b_low: int, b_high: int) -> Bounds:
    return a_low // (b_high if a_low >= 0 else b_low), a_high // (b_low if a_high >= 0 else b_high)


def _remainder(_low: int, _high: int, _b_low: int, b_high: int) -> Bounds:
    return 0, b_high - 1
