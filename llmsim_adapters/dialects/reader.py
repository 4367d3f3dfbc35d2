"""The tracked reader: every key that a dialect reads is marked with what it became.

Problems are collected, not raised: a bad value is noted as a gap and reading goes on with a stand-in, so that one
answer names every bad key. A reading with such a gap has no spec.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

from llmsim_adapters.dialects.costless import COSTLESS
from llmsim_adapters.dialects.neutral import says_nothing
from llmsim_adapters.dialects.reading import Origin, Parameter
from llmsim_adapters.gap import Gap, GapKind
from llmsim_adapters.text import printable
from llmsim_adapters.traced import Traced, formula

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from llmsim_adapters.dialects.dialect import Dialect

MISSING: Final = object()

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

LANGUAGE_HEADS: Final = ("ForCausalLM", "LMHeadModel", "ForConditionalGeneration")
"""How the names of architectures with a language-model head end."""
_FATAL: Final = (GapKind.INVALID_CONFIG, GapKind.MISSING_PARAMETER, GapKind.PLUGIN_ERROR)
_parameter: Final[Callable[[tuple[str, Any, str | None, Origin]], Parameter]] = partial(tuple.__new__, Parameter)
"""Makes a parameter in half the time of its class: reading does little else."""
_GIVEN, _ALIASED, _DEFAULTED, _DERIVED = Origin.GIVEN, Origin.ALIASED, Origin.DEFAULTED, Origin.DERIVED


class Reader:
    """Reads one level of a config by canonical parameter.

    Args:
        raw: the level; never changed.
        canonical: the canonical name of every spelling that the dialect knows.
        defaults: what the model type takes where the config says nothing, by canonical name.
        prefix: the dotted path of the level with a final dot, empty at the top.
        traced: whether numbers carry their names, so that figures can show their formulas.
    """

    __slots__ = (
        "_by_name",
        "_children",
        "_costless",
        "_defaults",
        "_namespace",
        "_read",
        "_sizes",
        "_stem",
        "_traced",
        "architecture",
        "causal_lm",
        "gaps",
        "model_type",
        "parameters",
        "prefix",
        "raw",
        "unmodelled",
        "without_effect",
    )

    def __init__(
        self,
        raw: Mapping[str, Any],
        canonical: Mapping[str, str],
        defaults: Mapping[str, Any],
        *,
        prefix: str = "",
        traced: bool = False,
    ) -> None:
        self.raw = raw
        self.prefix = prefix
        self.model_type = ""
        self.architecture = ""
        self.causal_lm: tuple[str, ...] = ()
        self.parameters: dict[str, Parameter] = {}
        self.gaps: list[Gap] = []
        self.unmodelled: list[str] = []
        self.without_effect: dict[str, str] = {}
        self._defaults = defaults
        self._traced = traced
        self._namespace = ""
        self._stem = ""
        self._costless: Mapping[str, str] | None = None
        self._children: list[Reader] = []
        self._read: set[str] = set()
        self._sizes: dict[str, int] = {}
        self._by_name: dict[str, list[str]] = {}
        lookup = canonical.get
        for key in raw:
            name = lookup(key, key)
            if name in self._by_name:
                self._by_name[name].append(key)
            else:
                self._by_name[name] = [key]

    # -- values ----------------------------------------------------------------------------------------------

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
        """Read a list, of a given length where one is asked for; None where it is absent or null."""
        value = self._take(name)
        if value is None or value is MISSING:
            return None
        if value.__class__ is not list:
            self.refuse(name, value, "a list")
            return None
        if length is not None and len(value) != length:
            self.refuse(name, f"a list of {len(value)}", f"one entry for each of {int(length)} layers")
            return None
        return value

    def nested(self, name: str, *, rest_costless: bool = False, dialect: Dialect | None = None) -> Reader | None:
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

    def beside(self, name: str, dialect: Dialect) -> Reader:
        """Return a reader of this same level by the dialect of another part, whose keys stand here too.

        What it reads is listed under the part's name, and counts as read here.
        """
        part = Reader(self.raw, dialect.canonical, dialect.defaults, prefix=self.prefix, traced=self._traced)
        part._namespace, part._stem = f"{self._namespace}{name}.", f"{name}_"
        part.parameters, part.gaps, part._read = self.parameters, self.gaps, self._read
        part.without_effect, part.unmodelled = self.without_effect, self.unmodelled
        return part

    def derive(self, name: str, value: int) -> int:
        """State a parameter that follows from others; from then on it is read as that."""
        if self._traced:
            before = self.parameters.get(self._namespace + name)
            another = before is not None and before.origin is _DERIVED and before.value != value
            label = f"{name}_{value:d}" if another else name  # formulas tell several numbers of one name apart
            value = Traced.leaf(int(value), self._stem + label, f"derived: {formula(value)}")
        self._sizes[name] = value
        self.parameters[self._namespace + name] = Parameter(name, value, None, _DERIVED)
        return value

    # -- statements about keys -----------------------------------------------------------------------------------

    @property
    def invalid(self) -> bool:
        """Whether something is so wrong that there is no spec."""
        return any(gap.kind in _FATAL for gap in self.gaps)

    def has(self, name: str) -> bool:
        """Whether the config itself says something other than null about a parameter."""
        return name in self._by_name and not self._absent(name)

    def is_list(self, name: str) -> bool:
        """Whether the config says a parameter as a list, of each layer's value for instance."""
        return any(self.raw[key].__class__ is list for key in self._by_name.get(name, ()))

    def has_language_head(self) -> bool:
        """Whether the architecture ends in a language-model head; a head of another kind is noted as left out."""
        name = self.architecture
        if not name or name in self.causal_lm or name.endswith(LANGUAGE_HEADS):
            return True
        if not name.endswith("Model") or name.endswith(("ForRewardModel", "DoubleHeadsModel")):
            self.not_modelled(f"head_of_{printable(name, 60)}")
        return False

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

    def no_effect(self, names: Iterable[str], reason: str) -> None:
        """Read parameters that change nothing in this config, for a reason."""
        for name in names:
            if name in self._by_name:
                self._take(name)
                for key in self._by_name[name]:
                    self.without_effect[self.prefix + key] = reason

    def set_aside(self, reason: str) -> None:
        """Mark every key of this level, and of those inside, as one of a part that is left out."""
        self.no_effect(tuple(self._by_name), reason)
        for child in self._children:
            child.set_aside(reason)

    def refuse(self, name: str, value: object, expected: str) -> None:
        """Note that a parameter's value can't be."""
        keys = self._by_name.get(name)
        self.refuse_key(self.prefix + (keys[0] if keys else name), f"is {_shown(value)}; expected {expected}")

    def refuse_key(self, key: str, message: str) -> None:
        """Note that the value under a key can't be."""
        self.gaps.append(Gap(GapKind.INVALID_CONFIG, printable(key), f"key `{printable(key)}` {message}"))

    def missing(self, name: str, expected: str) -> None:
        """Note that a config lacks a parameter which the model type can't do without."""
        detail = f"the config has no `{name}`, and its model type has no default for it; expected {expected}"
        self.gaps.append(Gap(GapKind.MISSING_PARAMETER, name, detail))

    def check(self, name: str, holds: bool, message: str) -> None:
        """Note a value that contradicts others, unless something is wrong already."""
        if not holds and not self.invalid:
            parameter = self.parameters.get(self._namespace + name)
            self.refuse_key(parameter.key if parameter and parameter.key else name, message)

    def mark(self, *keys: str) -> None:
        """Mark raw keys as read."""
        self._read.update(keys)

    def stand_in(self, name: str, other: str) -> None:
        """Let the keys of another parameter say this one."""
        if other in self._by_name:
            self._by_name[name] = self._by_name[other]

    def not_modelled(self, name: str) -> None:
        """Note a part of the model that the spec leaves out."""
        self.unmodelled.append(name)

    def only(self, name: str, value: bool) -> None:
        """Read a flag of which one value is modelled; the other is noted as a part left out."""
        if self.flag(name) is not value:
            self.not_modelled(f"{name}_{'false' if value else 'true'}")

    def inferred(self, name: str, detail: str) -> None:
        """Note an assumption that nothing in the config confirms."""
        self.gaps.append(Gap(GapKind.INFERRED, name, detail))

    # -- what is left ---------------------------------------------------------------------------------------------

    def unread(self, costless: Mapping[str, str]) -> list[str]:
        """Return the dotted paths of the keys that nobody read and that are not on the list of costless ones."""
        read = self._read
        unread = [
            self.prefix + key
            for key, value in self.raw.items()
            if key not in read and key not in COSTLESS and key not in costless and not says_nothing(key, value)
        ]
        for child in self._children:
            unread += child.unread(costless if child._costless is None else child._costless)
        return unread

    # -- inside ---------------------------------------------------------------------------------------------------

    def _size(self, name: str) -> int:
        value = self._take(name)
        if value.__class__ is int and 0 < value <= LARGEST.get(name, _LARGEST_SIZE):
            return self._number(name, value) if self._traced else value
        return self._refuse_size(name, value, least=1)

    def _absent(self, name: str) -> bool:
        keys = self._by_name.get(name)
        if keys is None:
            return self._defaults.get(name) is None
        return self.raw[keys[0]] is None and all(self.raw[key] is None for key in keys)

    def _says(self, name: str, value: str) -> bool:
        keys = self._by_name.get(name)
        if keys is None:
            return bool(self._defaults.get(name) == value)
        return self.raw[keys[0]] == value and all(self.raw[key] == value for key in keys)

    def _take(self, name: str) -> Any:
        """Return the raw value of a parameter, mark the keys that say it, and note where it is from."""
        keys = self._by_name.get(name)
        if keys is None:
            value = self._defaults.get(name, MISSING)
            if value is not MISSING:
                self.parameters[self._namespace + name] = _parameter((name, value, None, _DEFAULTED))
            return value
        key = keys[0]
        if len(keys) > 1:
            key = self._choose(name, keys)
        self._read.add(key)
        value = self.raw[key]
        origin = _GIVEN if key == name else _ALIASED
        self.parameters[self._namespace + name] = _parameter((name, value, self.prefix + key, origin))
        return value

    def _choose(self, name: str, keys: list[str]) -> str:
        """Return the key that says a parameter which several keys say; a contradiction is a gap."""
        self._read.update(keys)
        said = [key for key in keys if self.raw[key] is not None] or keys
        chosen = name if name in said else said[0]
        others = [key for key in said if not _same(self.raw[key], self.raw[chosen])]
        if others and self._namespace + name not in self.parameters:
            values = ", ".join(f"`{printable(key)}` = {_shown(self.raw[key])}" for key in [chosen, *others])
            self.gaps.append(Gap(GapKind.CONFLICTING_KEYS, name, f"{values} are two values of one parameter"))
        return chosen

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


def _same(a: object, b: object) -> bool:
    return a.__class__ is b.__class__ and a == b


def _shown(value: object) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    return printable(repr(value), 60)
