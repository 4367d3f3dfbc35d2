"""Single values by canonical parameter: each has a type and a range, and one outside of them is a gap."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.reading.limits import LARGEST_SIZE, LONGEST_TEXT, largest
from llmsim_adapters.dialects.reading.reading import Origin, Parameter
from llmsim_adapters.dialects.reading.tracker import MISSING, Tracker
from llmsim_adapters.traced import Traced, formula

if TYPE_CHECKING:
    from collections.abc import Callable, Collection


class Values(Tracker):
    """Reads sizes, numbers, flags and words of one level of a config."""

    __slots__ = ()

    def size(self, name: str) -> int:
        """Read a positive integer that the model can't do without."""
        size = self._sizes.get(name)
        if size is None:
            size = self._sizes[name] = self._size(name)
        return size

    def size_or(self, name: str, fallback: Callable[[], int]) -> int:
        """Read a positive integer; where it is absent, null or "auto", it is derived."""
        if name not in self._sizes and (self._absent(name) or self._says(name, "auto")):
            self._read.update(self._by_name.get(name, ()))
            return self.derive(name, fallback())
        return self.size(name)

    def optional_size(self, name: str) -> int | None:
        """Read a positive integer, or None where it is absent or null and that means that there is none."""
        if self._absent(name):
            self._take(name)
            return None
        return self.size(name)

    def count(self, name: str) -> int:
        """Read an integer that may be zero; absent or null is zero."""
        if name in self._sizes:
            return self._sizes[name]
        if self._absent(name):
            self._take(name)
            return 0
        value = self._take(name)
        if value.__class__ is int and 0 <= value <= largest(name):
            return self._number(name, value) if self._traced else value
        return self._refuse_size(name, value, least=0)

    def flag(self, name: str) -> bool:
        """Read a boolean; absent or null is False."""
        value = self._take(name)
        if value is True:
            return True
        if value is not False and value is not None and value is not MISSING:
            self.refuse(name, value, "true or false")
        return False

    def number(self, name: str, least: float = -LARGEST_SIZE, most: float = LARGEST_SIZE) -> float | None:
        """Read a number in a range, or None where it is absent or null."""
        value = self._take(name)
        if value is None or value is MISSING:
            return None
        if value.__class__ not in (int, float) or not least <= value <= most:
            self.refuse(name, value, f"a number from {least:g} to {most:g}")
            return None
        return float(value)

    def text(self, name: str) -> str | None:
        """Read a string, or None where it is absent or null."""
        value = self._take(name)
        if value is None or value is MISSING:
            return None
        if value.__class__ is not str or len(value) > LONGEST_TEXT:
            self.refuse(name, value, "a string" if value.__class__ is not str else "a shorter string")
            return None
        return str(value)

    def word(self, name: str, known: Collection[str]) -> str | None:
        """Read a string that is one of those known, or None where it is absent or null."""
        value = self.text(name)
        if value is None or value in known:
            return value
        self.refuse(name, value, f"one of {either(known)}")
        return None

    def only(self, name: str, value: bool) -> None:
        """Read a flag of which one value is modelled; the other is noted as a part left out."""
        if self.flag(name) is not value:
            self.not_modelled(f"{name}_{'false' if value else 'true'}")

    def agree(self, name: str, expected: int, why: str) -> None:
        """Read a parameter that the config may state although it follows from others, and compare."""
        if not self.has(name):
            for key in self._by_name.get(name, ()):
                self._read.add(key)
            return
        value = self.size(name)
        key = self.parameters[self._namespace + name].key or name
        if not self.invalid and value != expected:
            self.refuse_key(key, f"is {int(value)}; expected {int(expected)}, {why}")
        else:
            self.without_effect[key] = f"follows from other keys: {why}"

    def default(self, name: str, value: str) -> str:
        """State what is taken for a parameter that the config does not say."""
        self.parameters[self._namespace + name] = Parameter(name, value, None, Origin.DEFAULTED)
        return value

    def derive(self, name: str, value: int, *, least: int = 1) -> int:
        """State a parameter that follows from others; from then on it is read as that.

        It has the range of one that is stated.
        """
        if not least <= value <= largest(name):
            self.check(name, False, lambda: f"follows from other keys and is {value:d}; {_expected(name, least)}")
            value = least
        if self._traced:
            before = self.parameters.get(self._namespace + name)
            another = before is not None and before.origin is Origin.DERIVED and before.value != value
            label = f"{name}_{value:d}" if another else name  # formulas tell several numbers of one name apart
            value = Traced.leaf(int(value), self._stem + label, f"derived: {formula(value)}")
        self._sizes[name] = value
        self.parameters[self._namespace + name] = Parameter(name, value, None, Origin.DERIVED)
        return value

    def constant(self, name: str, value: int, origin: str) -> int:
        """Return a size that no key says, with the name that formulas show and where it is from."""
        return Traced.leaf(value, self._stem + name, origin) if self._traced else value

    def _size(self, name: str) -> int:
        value = self._take(name)
        if value.__class__ is int and 0 < value <= largest(name):
            return self._number(name, value) if self._traced else value
        return self._refuse_size(name, value, least=1)

    def _number(self, name: str, value: int, suffix: str = "") -> int:
        parameter = self.parameters[self._namespace + name]
        origin = f"key `{parameter.key}`" if parameter.key else f"default of the model type: {value}"
        return Traced.leaf(value, self._stem + name + suffix, origin)

    def _refuse_size(self, name: str, value: object, least: int) -> int:
        if value is MISSING or (value is None and name not in self._by_name):
            self.missing(name, _expected(name, least).removeprefix("expected "))
        else:
            self.refuse(name, value, _expected(name, least).removeprefix("expected "))
        return 1


def either(known: Collection[str]) -> str:
    """Return words as a message lists them: 'a', 'b' and 'c'."""
    *words, last = [repr(word) for word in known]
    return f"{', '.join(words)} and {last}" if words else last


def _expected(name: str, least: int) -> str:
    return f"expected an integer from {least} to {largest(name)}"
