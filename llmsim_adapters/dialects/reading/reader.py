"""The tracked reader: typed values by canonical parameter, each key marked with what it became."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Protocol

from llmsim_adapters.dialects.reading.reading import Origin, Parameter
from llmsim_adapters.dialects.reading.tracker import MISSING, Tracker
from llmsim_adapters.traced import Traced, formula

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

_LARGEST_SIZE: Final = 2**28
LARGEST: Final = {
    "num_hidden_layers": 4096,
    "num_nextn_predict_layers": 64,
    "num_attention_heads": 2**16,
    "num_key_value_heads": 2**16,
    "num_experts": 2**16,
    "num_experts_per_tok": 2**16,
    "num_shared_experts": 2**10,
}
"""Sizes above these are taken for mistakes: each is over ten times the largest that is published."""


class Words(Protocol):
    """What a reader takes of the dialect of a part: its spellings, its defaults, and its keys without a cost."""

    @property
    def canonical(self) -> Mapping[str, str]: ...
    @property
    def defaults(self) -> Mapping[str, Any]: ...
    @property
    def costless(self) -> Mapping[str, str]: ...


class Reader(Tracker):
    """Reads one level of a config by canonical parameter.

    Args:
        raw: the level; never changed.
        canonical: the canonical name of every spelling that the dialect knows.
        defaults: what the model type takes where the config says nothing, by canonical name.
        prefix: the dotted path of the level with a final dot, empty at the top.
        traced: whether numbers carry their names, so that figures can show their formulas.
    """

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

    def _prediction_modules(self) -> int:
        keys = self._by_name.get("num_nextn_predict_layers", ())
        said = self.raw[keys[0]] if keys else self._defaults.get("num_nextn_predict_layers")
        return said if said.__class__ is int else 0

    def sizes(self, name: str, count: int) -> list[int]:
        """Read a positive integer for each of `count` layers, a list or one for all; `size` then gives the largest."""
        if not self.is_list(name):
            return [self.size(name)] * count
        values = self.sequence(name, count) or ()
        largest = LARGEST.get(name, _LARGEST_SIZE)
        if any(value.__class__ is not int or not 0 < value <= largest for value in values):
            self.refuse(name, values, f"integers from 1 to {largest}")
            values = ()
        if not values:
            self._sizes[name] = 1
            return [1] * count
        several = len(set(values)) > 1  # numbers of one name, which formulas tell apart
        kinds = {v: self._number(name, v, f"_{v}" if several else "") if self._traced else v for v in values}
        self._sizes[name] = kinds[max(kinds)]
        return [kinds[value] for value in values]

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
        if value.__class__ is int and 0 <= value <= LARGEST.get(name, _LARGEST_SIZE):
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

    def number(self, name: str) -> float | None:
        """Read a number, or None where it is absent or null."""
        value = self._take(name)
        if value is None or value is MISSING:
            return None
        if value.__class__ not in (int, float) or not abs(value) < float("inf"):
            self.refuse(name, value, "a number")
            return None
        return float(value)

    def text(self, name: str) -> str | None:
        """Read a string, or None where it is absent or null."""
        value = self._take(name)
        if value is None or value is MISSING:
            return None
        if value.__class__ is not str:
            self.refuse(name, value, "a string")
            return None
        return value

    def sequence(self, name: str, length: int | None = None) -> Sequence[Any] | None:
        """Read a list, of a given length where one is asked for; None where it is absent or null.

        Behind the entries of the layers may be those of as many prediction modules as the config says.
        """
        value = self._take(name)
        if value is None or value is MISSING:
            return None
        if value.__class__ is not list:
            self.refuse(name, value, "a list")
            return None
        if length is not None and len(value) != length:
            if len(value) == length + self._prediction_modules():
                self.inferred(name, f"the last {len(value) - length:d} entries are taken to be of prediction modules")
                return value[:length]
            self.refuse(name, f"a list of {len(value)}", f"one entry for each of {int(length)} layers")
            return None
        return value

    def nested(self, name: str, *, rest_costless: bool = False, dialect: Words | None = None) -> Reader | None:
        """Return a reader of the object under a key, or None where it is absent or null.

        Defaults under dotted names are those of the object, which then counts as empty where it is absent; so are those
        of its `dialect`, where it has one of its own.
        What it reads is listed under dotted names; its problems are this reader's, and so are its unread keys unless
        the object is on the list of costless ones but for what is read of it.
        """
        value = self._take(name)
        inside = f"{name}."
        defaults = {key.removeprefix(inside): said for key, said in self._defaults.items() if key.startswith(inside)}
        if dialect is not None:
            defaults = {**dialect.defaults, **defaults}
        if value is None or value is MISSING:
            if not defaults:
                return None
            value = {}
        if value.__class__ is not dict:
            self.refuse(name, value, "an object")
            return None
        stated = self.parameters.pop(self._namespace + name, None)
        key = name if stated is None or stated.key is None else stated.key
        canonical = {} if dialect is None else dialect.canonical
        child = Reader(value, canonical, defaults, prefix=f"{key}.", traced=self._traced)
        child._namespace = f"{self._namespace}{name}."
        if dialect is not None:
            child._stem, child._costless = f"{name.removesuffix('_config')}_", dialect.costless
        child.parameters, child.gaps = self.parameters, self.gaps
        child.without_effect, child.unmodelled = self.without_effect, self.unmodelled
        if not rest_costless:
            self._children.append(child)
        return child

    def file(self, name: str) -> Reader | None:
        """Return a reader of a file beside the config, or None where there is none of that name.

        What it reads is listed under `name:key`; its problems are this reader's, and so are its unread keys.
        """
        data = self.files.get(name)
        if data is None:
            return None
        child = Reader(data, {}, {}, prefix=f"{name}:", traced=self._traced)
        child._namespace = f"{self._namespace}{name}:"
        child.parameters, child.gaps = self.parameters, self.gaps
        child.without_effect, child.unmodelled = self.without_effect, self.unmodelled
        self._children.append(child)
        self._read.add(f"{name}:")
        return child

    def beside(self, name: str, dialect: Words) -> Reader:
        """Return a reader of this same level by the dialect of another part, whose keys stand here too.

        What it reads is listed under the part's name, and counts as read here.
        """
        part = Reader(self.raw, dialect.canonical, dialect.defaults, prefix=self.prefix, traced=self._traced)
        part._namespace, part._stem = f"{self._namespace}{name}.", f"{name}_"
        part.parameters, part.gaps, part._read = self.parameters, self.gaps, self._read
        part.without_effect, part.unmodelled = self.without_effect, self.unmodelled
        return part

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

    def derive(self, name: str, value: int) -> int:
        """State a parameter that follows from others; from then on it is read as that."""
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
        if value.__class__ is int and 0 < value <= LARGEST.get(name, _LARGEST_SIZE):
            return self._number(name, value) if self._traced else value
        return self._refuse_size(name, value, least=1)

    def _number(self, name: str, value: int, suffix: str = "") -> int:
        parameter = self.parameters[self._namespace + name]
        origin = f"key `{parameter.key}`" if parameter.key else f"default of the model type: {value}"
        return Traced.leaf(value, self._stem + name + suffix, origin)

    def _refuse_size(self, name: str, value: object, least: int) -> int:
        largest = LARGEST.get(name, _LARGEST_SIZE)
        expected = f"an integer from {least} to {largest}"
        if value is MISSING or (value is None and name not in self._by_name):
            self.missing(name, expected)
        else:
            self.refuse(name, value, expected)
        return 1
