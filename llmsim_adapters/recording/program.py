"""Programs: what is on a tape, as a function that Python compiles.

Its source has operators, the numbers of slots and integers; whatever else it needs is handed to it as an object. So no
text of a config comes into it.
"""

from __future__ import annotations

import operator
from dataclasses import fields, is_dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any, Final

from llmsim_adapters.recording.tape import Computed, Differs, Size, agree, chosen

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from llmsim_adapters.recording.tape import Tape

_SIGNS: Final = {
    operator.add: "+",
    operator.sub: "-",
    operator.mul: "*",
    operator.floordiv: "//",
    operator.truediv: "/",
    operator.mod: "%",
    operator.lt: "<",
    operator.le: "<=",
    operator.gt: ">",
    operator.ge: ">=",
    operator.eq: "==",
    operator.ne: "!=",
}
_PLAIN: Final = frozenset({int, bool, type(None)})
_LARGEST: Final = 2**63


def program(tape: Tape, result: Any, *, guarded: range | None = None) -> Callable[[Sequence[Any]], Any]:
    """Return a function from what is given, in order, to a result that has sizes of a tape in it.

    Tuples, lists, dictionaries and dataclasses are made anew where a size is in them; all else is the same object
    each time. `guarded` are the entries of the tape whose branches are looked at; what they need is computed on the
    way. The function raises `Differs` where one of these is another.
    """
    return _Writer(tape).function(result, range(0) if guarded is None else guarded)


class _Writer:
    """Writes one program: names for its constants, and lines for what it computes."""

    def __init__(self, tape: Tape) -> None:
        self._tape = tape
        self._made = {entry.slot: entry for entry in tape.computed}
        self._variables = self._made.keys() | set(tape.given)
        self._names: dict[str, Any] = {"Differs": Differs, "new": tuple.__new__}
        self._constants: dict[int, str] = {}
        self._has: dict[int, bool] = {}

    def function(self, result: Any, guarded: range) -> Callable[[Sequence[Any]], Any]:
        guards = [self._tape.computed[i] for i in guarded if self._tape.computed[i].operation is agree]
        wanted = self._needed([*(guard.operands[0] for guard in guards), *self._slots_in(result)])
        settled = {guard.slot for guard in guards}
        # In the order in which it was recorded: what a guard rules out, as a zero to divide by, comes after it.
        lines = [*map(self._line, (c for c in self._tape.computed if c.slot in wanted or c.slot in settled))]
        inputs = [f" x{slot} = v[{i}]" for i, slot in enumerate(self._tape.given) if slot in wanted]
        source = "\n".join(["def run(v):", *inputs, *lines, f" return {self._source(result)}"])
        exec(source, self._names)
        run: Callable[[Sequence[Any]], Any] = self._names["run"]
        return run

    def _needed(self, slots: list[int]) -> set[int]:
        """Return the slots that some follow from, these among them."""
        needed: set[int] = set()
        while slots:
            slot = slots.pop()
            if slot not in needed:
                needed.add(slot)
                if slot in self._made:
                    slots += self._made[slot].operands
        return needed

    def _line(self, entry: Computed) -> str:
        operands = [*map(self._slot, entry.operands)]
        if entry.operation is agree:
            value = self._tape.values[entry.operands[1]]
            said = operands[0]
            wrong = f"{said} is not {value}" if value.__class__ is bool else f"{said} != {operands[1]}"
            return f" if {wrong}: raise Differs"
        if entry.operation is chosen:
            return f" x{entry.slot} = {operands[1]} if {operands[0]} else {operands[2]}"
        return f" x{entry.slot} = {operands[0]} {_SIGNS[entry.operation]} {operands[1]}"

    def _slot(self, slot: int) -> str:
        """Return what a slot is called: a variable, or its constant."""
        if slot in self._variables:
            return f"x{slot}"
        return self._constant(self._tape.values[slot])

    def _constant(self, value: Any) -> str:
        if value.__class__ in _PLAIN and (value is None or -_LARGEST < value < _LARGEST):
            return f"({value!r})" if value.__class__ is int and value < 0 else repr(value)
        name = self._constants.get(id(value))
        if name is None:
            name = self._constants[id(value)] = f"c{len(self._constants)}"
            self._names[name] = value
        return name

    def _source(self, value: Any) -> str:
        """Return the expression of a result."""
        if type(value) is Size:
            return self._slot(value.slot)
        if not self._sized(value):
            return self._constant(value)
        if isinstance(value, tuple):
            items = f"({''.join([f'{self._source(item)}, ' for item in value])})"
            return items if type(value) is tuple else f"new({self._constant(type(value))}, {items})"
        if type(value) is list:
            return f"[{', '.join(map(self._source, value))}]"
        if type(value) is dict:
            return f"{{{', '.join([f'{self._constant(key)}: {self._source(of)}' for key, of in value.items()])}}}"
        named = [f"{f.name}={self._source(getattr(value, f.name))}" for f in fields(value)]
        return f"{self._constant(type(value))}({', '.join(named)})"

    def _sized(self, value: Any) -> bool:
        """Whether there is a size somewhere in a result."""
        if type(value) is Size:
            return True
        if type(value) in _PLAIN or type(value) is str:
            return False
        known = self._has.get(id(value))
        if known is None:
            known = self._has[id(value)] = any(self._sized(item) for item in _inside(value))
        return known

    def _slots_in(self, value: Any) -> Iterator[int]:
        if type(value) is Size:
            yield value.slot
        elif self._sized(value):
            for item in _inside(value):
                yield from self._slots_in(item)


def _inside(value: Any) -> list[Any]:
    """Return what is in a result.

    Raises:
        TypeError: it is of a class that no program makes anew.
    """
    if isinstance(value, (tuple, list)):
        return [*value]
    if type(value) is dict:
        return [*value.values()]
    if is_dataclass(value) and not isinstance(value, type):
        return [getattr(value, f.name) for f in fields(value)]
    if isinstance(value, (str, float, int, Enum, type)) or callable(value):
        return []
    if isinstance(value, frozenset) and not any(type(item) is Size for item in value):
        return []
    message = f"no program makes a {type(value).__name__}"
    raise TypeError(message)
