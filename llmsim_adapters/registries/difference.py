"""What one registry has and another has not."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from llmsim_adapters.registries.registry import Registry, Row


class Difference(NamedTuple):
    """The rows that a registry adds, removes and has under another name, each with the row before."""

    added: tuple[Row, ...]
    removed: tuple[Row, ...]
    renamed: tuple[tuple[Row, Row], ...]
    changed: tuple[tuple[Row, Row], ...]


def difference(old: Registry, new: Registry) -> Difference:
    """Return what a newer registry has otherwise than an older one.

    A row is renamed where one architecture of a module goes and one comes. It is changed where what was read of it from
    the release is another: its module, its kind, whose config it takes.
    """
    before = {row.name: row for row in old.models}
    after = {row.name: row for row in new.models}
    gone = [row for name, row in before.items() if name not in after]
    come = [row for name, row in after.items() if name not in before]
    renamed = _renamed(gone, come)
    olds = {row.name for row, _ in renamed}
    news = {row.name for _, row in renamed}
    both = [(before[name], row) for name, row in after.items() if name in before]
    return Difference(
        tuple(row for row in come if row.name not in news),
        tuple(row for row in gone if row.name not in olds),
        renamed,
        tuple((was, row) for was, row in both if _read(was) != _read(row)),
    )


def _renamed(gone: list[Row], come: list[Row]) -> tuple[tuple[Row, Row], ...]:
    by_module: dict[str | None, tuple[list[Row], list[Row]]] = defaultdict(lambda: ([], []))
    for at, rows in enumerate((gone, come)):
        for row in rows:
            by_module[row.module][at].append(row)
    return tuple(
        (olds[0], news[0])
        for module, (olds, news) in by_module.items()
        if module is not None and len(olds) == len(news) == 1
    )


def _read(row: Row) -> tuple[Any, ...]:
    return row.module, row.kind, row.base, row.targets
