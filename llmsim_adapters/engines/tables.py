"""Tables: the rules about tensors and caches that hold for one architecture, where lowerings look them up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple, TypeVar

from llmsim_adapters.engines.rules import Beside, Keep, Note, Rule, Scales, Store

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from llmsim_adapters.engines.rules import Asked

    _Rule = TypeVar("_Rule", bound=Rule)

IN_TABLES: Final = (Store, Scales, Keep, Beside, Note)
"""The kinds of rule that stand in tables."""

_OF: Final = {
    "": ("linear", "experts", "shared_experts"),
    "linear": ("linear", "shared_experts"),
    "experts": ("experts",),
    "shared_experts": ("shared_experts",),
}
"""The matrices that a rule about scales is about, by what it says."""


class Kept(NamedTuple):
    """What the rules about one cache say together: of what two of them say, the first one holds."""

    rules: tuple[Keep, ...] = ()
    dtype: str | None = None
    windowed: bool = False
    less: int = 0
    over: str = ""
    page: int = 0
    idle: bool = False
    layers: Callable[[Asked], int] | None = None
    absent: bool = False


AS_IT_IS: Final = Kept()
"""A cache that no rule is about."""


class Tables:
    """Rules about tensors by the tensors' names, and about the rest by what they are about; the first one holds."""

    __slots__ = ("beside", "kept", "names_places", "notes", "scales", "stored")

    def __init__(self, rules: Sequence[Rule] = ()) -> None:
        self.stored: dict[str, Store] = {}
        self.scales: dict[tuple[str, str], Scales] = {}
        self.kept: dict[str, Kept] = {}
        self.beside: dict[str, list[Beside]] = {}
        for store in _of(rules, Store):
            for name in store.tensors:
                self.stored.setdefault(name, store)
        for scales in _of(rules, Scales):
            for name in scales.schemes:
                for of in _OF[scales.of]:
                    self.scales.setdefault((name, of), scales)
        for keep in _of(rules, Keep):
            for name in keep.caches:
                self.kept[name] = _also(self.kept.get(name, AS_IT_IS), keep)
        for beside in _of(rules, Beside):
            self.beside.setdefault(beside.kind, []).append(beside)
        self.notes = tuple(note.note for note in _of(rules, Note) if note.note)
        self.names_places = any("/" in name for name in (*self.stored, *self.beside))


def _also(kept: Kept, keep: Keep) -> Kept:
    return Kept(
        (*kept.rules, keep),
        kept.dtype or keep.dtype,
        kept.windowed or keep.windowed,
        kept.less or keep.less,
        kept.over or keep.over,
        kept.page or keep.page,
        kept.idle or keep.idle,
        kept.layers or keep.layers,
        kept.absent or keep.absent,
    )


def _of(rules: Sequence[Rule], kind: type[_Rule]) -> list[_Rule]:
    return [rule for rule in rules if isinstance(rule, kind)]
