"""A tape: what is computed of given numbers, and the branches that code took by them.

Code runs once on `Size`s in place of numbers, and the tape keeps what is computed with these. Whoever plays it with
other numbers gets what the code would have given, or is told that the code would have taken another branch.
"""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Any, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

_NUMBERS: Final = frozenset({int, float, bool})


class Differs(Exception):
    """Numbers take another branch than those that were recorded."""


class Computed(NamedTuple):
    """One entry of a tape: an operation on what is in some slots, and the slot of its result."""

    operation: Callable[..., Any]
    operands: tuple[int, ...]
    slot: int


class Tape:
    """Values, each in a slot: those that are given, constants, and what is `computed` of others."""

    def __init__(self) -> None:
        self.values: list[Any] = []
        self.given: list[int] = []
        """The slots of what is given, in order."""
        self.computed: list[Computed] = []
        self._slots: dict[tuple[object, ...], int] = {}
        self.ended = False
        """Whether nothing more may be recorded: what still computes then has kept a number that it should not."""

    def give(self, value: Any) -> Any:
        """Return what stands for something that is given each time."""
        slot = self._put(value)
        self.given.append(slot)
        return Size(self, slot)

    def slot(self, value: Any) -> int:
        """Return where a value is.

        Raises:
            TypeError: it is one of another tape.
        """
        if type(value) is Size:
            if value.tape is not self:
                message = "a number of one recording was met in another"
                raise TypeError(message)
            return int(value.slot)
        key = value.__class__, value
        slot = self._slots.get(key)
        if slot is None:
            slot = self._slots[key] = self._put(value)
        return slot

    def compute(self, operation: Callable[..., Any], *operands: Any) -> Size:
        """Return what stands for the result of an operation; of the same ones it is computed once.

        Raises:
            TypeError: the recording has ended.
        """
        if self.ended:
            message = "a number of a recording was met after its end"
            raise TypeError(message)
        slots = tuple([self.slot(operand) for operand in operands])
        key = operation, slots
        slot = self._slots.get(key)
        if slot is None:
            slot = self._slots[key] = self._put(operation(*[self.values[slot] for slot in slots]))
            self.computed.append(Computed(operation, slots, slot))
        return Size(self, slot)

    def rewind(self, entries: int, given: int) -> None:
        """Forget what was recorded and given behind so many entries and values."""
        for entry in self.computed[entries:]:
            del self._slots[entry.operation, entry.operands]
        del self.computed[entries:], self.given[given:]

    def _put(self, value: Any) -> int:
        self.values.append(value)
        return len(self.values) - 1


def _recorded(operation: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    def of(size: Size, other: Any) -> Any:
        return size.tape.compute(operation, size, other) if other.__class__ in _NUMBERS else NotImplemented

    return of


def _reflected(operation: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    def of(size: Size, other: Any) -> Any:
        return size.tape.compute(operation, other, size) if other.__class__ in _NUMBERS else NotImplemented

    return of


class Size:
    """A number that is given, or follows from such ones; code computes with it as with any.

    It says that it is of the class that its value is of, which is the same whatever is given. Where it is asked for
    that value, as by branches, texts and keys, that value is part of the recording.
    """

    __slots__ = ("slot", "tape")

    def __init__(self, tape: Tape, slot: int) -> None:
        self.tape = tape
        self.slot = slot

    @property  # type: ignore[misc]
    def __class__(self) -> Any:
        return self.tape.values[self.slot].__class__

    __add__, __radd__ = _recorded(operator.add), _reflected(operator.add)
    __sub__, __rsub__ = _recorded(operator.sub), _reflected(operator.sub)
    __mul__, __rmul__ = _recorded(operator.mul), _reflected(operator.mul)
    __floordiv__, __rfloordiv__ = _recorded(operator.floordiv), _reflected(operator.floordiv)
    __truediv__, __rtruediv__ = _recorded(operator.truediv), _reflected(operator.truediv)
    __mod__, __rmod__ = _recorded(operator.mod), _reflected(operator.mod)
    __lt__, __le__, __gt__, __ge__ = map(_recorded, (operator.lt, operator.le, operator.gt, operator.ge))
    __eq__, __ne__ = map(_recorded, (operator.eq, operator.ne))

    def __neg__(self) -> Any:
        return 0 - self

    def __repr__(self) -> str:
        return repr(self._settled())

    def __format__(self, form: str) -> str:
        return format(self._settled(), form)

    def __bool__(self) -> bool:
        return bool((self if self.__class__ is bool else self != 0)._settled())

    def __index__(self) -> int:
        return int(self._settled())

    __int__ = __index__

    def __float__(self) -> float:
        return float(self._settled())

    def __hash__(self) -> int:
        return hash(self._settled())

    def choose(self, yes: Any, no: Any) -> Any:
        """Return one of two numbers by this answer."""
        return self.tape.compute(chosen, self, yes, no)

    def _settled(self) -> Any:
        """Return the value, which is then that of every number that the recording is of."""
        value = self.tape.values[self.slot]
        self.tape.compute(agree, self, value)
        return value


def chosen(answer: bool, yes: int, no: int) -> int:
    """Return one of two numbers by an answer."""
    return yes if answer else no


def agree(value: object, recorded: object) -> None:
    """Compare a value with the one that was recorded.

    Raises:
        Differs: it is another one.
    """
    if value != recorded:
        raise Differs


class Untold:
    """A value that a recording does without: whatever looks at it ends the recording.

    That it is another object than None, True and False is all that can be seen of it.
    """

    __slots__ = ()

    def _looked_at(self, *_: Any) -> Any:
        message = "a value was looked at that a recording does without"
        raise TypeError(message)

    __class__: Any = property(_looked_at)
    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = _looked_at
    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = __rtruediv__ = _looked_at
    __hash__ = __bool__ = __len__ = __iter__ = __getitem__ = __contains__ = _looked_at
    __repr__ = __str__ = __format__ = __int__ = __index__ = __float__ = __getattr__ = _looked_at
