"""What `registry diff` says: what an engine's release registers, and what another release changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from llmsim_adapters.cli.document import Cell, Document, Section, section, table

if TYPE_CHECKING:
    from collections.abc import Iterable

    from llmsim_adapters.registries.difference import Difference
    from llmsim_adapters.registries.registry import Registry, Row
    from llmsim_adapters.report import Report


def document(before: Registry, after: Registry, found: Difference, report: Report) -> Document:
    """Return what is new, what is gone and what is otherwise."""
    old_names = {new.name: old.name for old, new in found.renamed}
    fresh = [
        (
            row.name,
            f"renamed from {old_names[row.name]}" if row.name in old_names else "added",
            str(row.coverage.status).replace("_", " "),
            row.config or "",
            "; ".join(f"{gap.kind} {gap.name}" for gap in row.coverage.gaps[:3]),
        )
        for row in report.rows
    ]
    sections: list[Section] = []
    if fresh:
        sections.append(section("New", table("Architecture|Is|Supported|Config|First gaps", fresh)))
    if found.removed:
        sections.append(section("Removed", table("Architecture|Module", _rows(found.removed))))
    if found.changed:
        changed = [(new.name, _changes(old, new)) for old, new in found.changed]
        sections.append(section("Changed", table("Architecture|What", changed)))
    if not sections:
        sections.append(section("", Cell("They register the same.")))
    return Document(f"{_named(before)} → {_named(after)}", tuple(sections))


def _named(found: Registry) -> str:
    return f"{found.name} {found.version}" if found.version else found.name


def _rows(rows: Iterable[Row]) -> list[tuple[str, str]]:
    return [(row.name, row.module or "") for row in rows]


def _changes(old: Row, new: Row) -> str:
    pairs = [(name, getattr(old, name), getattr(new, name)) for name in ("module", "kind", "base", "targets")]
    return "; ".join(f"{name}: {_said(before)} → {_said(after)}" for name, before, after in pairs if before != after)


def _said(value: Any) -> str:
    return ", ".join(value) if isinstance(value, tuple) else str(value or "none")


def data(found: Difference, report: Report) -> dict[str, Any]:
    """Return the same, ready for JSON."""
    return {
        "added": [row.name for row in found.added],
        "removed": [row.name for row in found.removed],
        "renamed": [{"old": old.name, "new": new.name} for old, new in found.renamed],
        "changed": [{"name": new.name, "what": _changes(old, new)} for old, new in found.changed],
        "report": report.to_dict(),
    }
