"""The tracked reader: typed values by canonical parameter, each key marked with what it became."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from llmsim_adapters.dialects.reading.limits import LARGEST, LONGEST, ONE_EACH, largest
from llmsim_adapters.dialects.reading.tracker import MISSING
from llmsim_adapters.dialects.reading.values import Values, either

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence


class Words(Protocol):
    """What a reader takes of the dialect of a part: its spellings, its defaults, and its keys without a cost."""

    @property
    def canonical(self) -> Mapping[str, str]: ...
    @property
    def defaults(self) -> Mapping[str, Any]: ...
    @property
    def costless(self) -> Mapping[str, str]: ...
    @property
    def neutral(self) -> Mapping[str, object]: ...


class Reader(Values):
    """Reads one level of a config by canonical parameter.

    Args:
        raw: the level; never changed.
        canonical: the canonical name of every spelling that the dialect knows.
        defaults: what the model type takes where the config says nothing, by canonical name.
        prefix: the dotted path of the level with a final dot, empty at the top.
        traced: whether numbers carry their names, so that figures can show their formulas.
    """

    __slots__ = ("_outermost",)

    @property
    def outermost(self) -> Reader | None:
        """That of the whole config, in one of a level between it and the language model's, such as `thinker_config`."""
        return getattr(self, "_outermost", None)

    def inside_of(self, outer: Reader) -> None:
        """Let this be a level between the whole config and the language model's: what is found is the whole's."""
        self._outermost, self.files, self.broken_files = outer, outer.files, outer.broken_files
        self.parameters, self.gaps = outer.parameters, outer.gaps
        self.without_effect, self.unmodelled = outer.without_effect, outer.unmodelled

    def sizes(self, name: str, count: int) -> list[int]:
        """Read a positive integer for each of `count` layers, a list or one for all; `size` then gives the largest."""
        if not self.is_list(name):
            return [self.size(name)] * count
        values = self.integers(name, count) or ()
        if not values:
            self._sizes[name] = 1
            return [1] * count
        several = len(set(values)) > 1  # numbers of one name, which formulas tell apart
        kinds = {v: self._number(name, v, f"_{v}" if several else "") if self._traced else v for v in values}
        self._sizes[name] = kinds[max(kinds)]
        return [kinds[value] for value in values]

    def no_further(self, name: str, given: int, length: int) -> None:
        """Note entries of a list beyond those of the layers, unless they are those of the prediction modules."""
        if given > length and given != length + self._prediction_modules():
            self.inferred(name, f"the last {given - length:d} entries are of no layer, and are passed over")

    def _prediction_modules(self) -> int:
        keys = self._by_name.get("num_nextn_predict_layers", ())
        said = self.raw[keys[0]] if keys else self._defaults.get("num_nextn_predict_layers")
        return said if said.__class__ is int else 0

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
        if len(value) > LONGEST:
            self.refuse(name, f"a list of {len(value)}", f"at most {LONGEST} entries")
            return None
        if length is not None and len(value) != length:
            if len(value) == length + self._prediction_modules():
                self.inferred(name, f"the last {len(value) - length:d} entries are taken to be of prediction modules")
                return value[:length]
            self.refuse(name, f"a list of {len(value)}", f"{ONE_EACH} {int(length)} layers")
            return None
        return value

    def words(self, name: str, known: Collection[str] | None = None, length: int | None = None) -> Sequence[str] | None:
        """Read a list of words, of known ones unless any will do; None where it is absent, null or refused."""
        said = self.sequence(name, length)
        for word in said or ():
            if word.__class__ is not str or (known is not None and word not in known):
                self.refuse(name, word, "a list of strings" if known is None else f"a list of {either(known)}")
                return None
        return said

    def integers(
        self, name: str, length: int | None = None, *, least: int = 1, most: int | None = None
    ) -> Sequence[int] | None:
        """Read a list of integers in a range; None where it is absent, null or refused."""
        said, most = self.sequence(name, length), largest(name) if most is None else most
        for number in said or ():
            if number.__class__ is not int or not least <= number <= most:
                self.refuse(name, number, f"a list of integers from {least} to {most}")
                return None
        return said

    def indices(self, name: str) -> frozenset[int] | None:
        """Read a list of layers' numbers, be there as many or not; None where it is absent, null or refused."""
        said = self.integers(name, least=0, most=LARGEST["num_hidden_layers"])
        return None if said is None else frozenset(said)

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
        child = self._inside(value, canonical, defaults, key, name, costless=rest_costless)
        if dialect is not None:
            stem = name.removesuffix("_config").replace("-", "_")  # names in formulas are those of Python
            child._stem, child._costless = f"{stem}_", dialect.costless
            child._neutral = dialect.neutral
        return child

    def named(self, name: str, dialect: Words) -> Reader:
        """Return a reader of what a key only names, whose sizes are the defaults of its dialect."""
        self._take(name)
        child = self._inside({}, dialect.canonical, dialect.defaults, name, name)
        child._stem = f"{name}_"
        return child

    def objects(self, name: str, length: int | None = None) -> list[Reader]:
        """Return a reader of each object in a list, the same for objects that are equal, each with its index in paths.

        Empty where the list is absent, null or refused. The list is the parameter, not each of its objects' keys.
        """
        said = self.sequence(name, length) or ()
        stated = self.parameters.get(self._namespace + name)
        key = name if stated is None or stated.key is None else stated.key
        found: list[Reader] = []
        alike: dict[str, Reader] = {}
        for i, value in enumerate(said):
            if value.__class__ is not dict:
                self.refuse_key(f"{key}[{i}]", "is no object")
                return []
            text = repr(value)
            if text not in alike:
                alike[text] = child = self._inside(value, {}, {}, f"{key}[{i}]", f"{name}[{i}]")
                child.parameters, child.without_effect = {}, {}
            found.append(alike[text])
        return found

    def _inside(
        self,
        value: Mapping[str, Any],
        canonical: Mapping[str, str],
        defaults: Mapping[str, Any],
        key: str,
        name: str,
        *,
        costless: bool = False,
    ) -> Reader:
        child = Reader(value, canonical, defaults, prefix=f"{key}.", traced=self._traced)
        child._namespace, child._stem = f"{self._namespace}{name}.", self._stem
        child.parameters, child.gaps = self.parameters, self.gaps
        child.without_effect, child.unmodelled = self.without_effect, self.unmodelled
        child.outvoted = self.outvoted
        if not costless:
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
        part.outvoted = self.outvoted
        return part
