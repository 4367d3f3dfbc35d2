"""Tables: the rules about tensors and caches that hold for one architecture, where lowerings look them up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeVar

from llmsim_adapters.engines.rules import Beside, Keep, Note, Rule, Scales, Store

if TYPE_CHECKING:
    from collections.abc import Sequence

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


class Tables:
    """Rules about tensors by the tensors' names, and about the rest by what they are about; the first one holds."""

    __slots__ = ("beside", "kept", "names_places", "notes", "scales", "stored")

    def __init__(self, rules: Sequence[Rule] = ()) -> None:
        self.stored: dict[str, Store] = {}
        self.scales: dict[tuple[str, str], Scales] = {}
        self.kept: dict[str, Keep] = {}
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
                self.kept.setdefault(name, keep)
        for beside in _of(rules, Beside):
            self.beside.setdefault(beside.kind, []).append(beside)
        self.notes = tuple(note.note for note in _of(rules, Note) if note.note)
        self.names_places = any("/" in name for name in (*self.stored, *self.beside))


def _of(rules: Sequence[Rule], kind: type[_Rule]) -> list[_Rule]:
    return [rule for rule in rules if isinstance(rule, kind)]
