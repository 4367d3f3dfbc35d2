"""Why models of a report are not fully supported: gaps by their causes, and how many models wait for each.

A cause is what one piece of work would do away with: a feature, a dialect, a key. The head of a reward model and that
of a classifier have names of their own as gaps, and one cause; so have all assumptions about a type that nobody
declared, with the keys of it that nobody reads.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final, NamedTuple

from llmsim_adapters.gap import GapKind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from llmsim_adapters.gap import Gap

DIALECT: Final = ("dialect", "a model type that nobody declared")
_DRAFT: Final = ("draft", "a model that drafts for another")
_HEAD: Final = ("head", "a head of another kind")
_UNREAD: Final = "a key that nobody reads"
_NOT_UNDERSTOOD: Final = "a config that isn't understood"
_READ_BY_DIALECTS: Final = (_UNREAD, _NOT_UNDERSTOOD)


class Blocked(NamedTuple):
    """A model that has gaps, and what is loaded under its architecture's name, where that is known."""

    name: str
    kind: str | None
    gaps: tuple[Gap, ...]


class Cause(NamedTuple):
    """What models wait for: those that have it as a gap, and those of them that have no other cause."""

    name: str
    meaning: str
    models: tuple[str, ...]
    alone: tuple[str, ...]


def causes(blocked: Iterable[Blocked]) -> tuple[Cause, ...]:
    """Return every cause, the one first that most models wait for; of equals, the one that would unlock more."""
    models: dict[tuple[str, str], list[str]] = defaultdict(list)
    alone: dict[tuple[str, str], list[str]] = defaultdict(list)
    for model in blocked:
        found = causes_of(model.gaps, model.kind)
        for cause in found:
            models[cause].append(model.name)
            if len(found) == 1:
                alone[cause].append(model.name)
    listed = (Cause(*cause, tuple(names), tuple(alone[cause])) for cause, names in models.items())
    return tuple(sorted(listed, key=lambda cause: (-len(cause.models), -len(cause.alone), cause.name)))


def causes_of(gaps: Iterable[Gap], kind: str | None = None) -> list[tuple[str, str]]:
    """Return the causes of one model's gaps, each once: its name, and what it means, in words."""
    found = list(dict.fromkeys(cause_of(gap, kind) for gap in gaps))
    if DIALECT in found:
        found = [cause for cause in found if cause[1] not in _READ_BY_DIALECTS]
    return found


def cause_of(gap: Gap, kind: str | None = None) -> tuple[str, str]:
    """Return the cause of a gap, and what it means, in words."""
    name = gap.name.rpartition(".")[2]
    if gap.kind is GapKind.UNSUPPORTED_FEATURE:
        if name.startswith("head_of_"):
            return _DRAFT if kind == "draft" else _HEAD
        return name, "a feature that no builder models"
    if gap.kind is GapKind.INFERRED:
        return DIALECT
    if gap.kind is GapKind.CONFIG_UNAVAILABLE:
        return "config", "no config offline"
    if gap.kind is GapKind.UNREAD_KEY:
        return f"key {name}", _UNREAD
    return f"{gap.kind} {name}", _NOT_UNDERSTOOD
