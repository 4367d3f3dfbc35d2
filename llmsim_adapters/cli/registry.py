"""`llmsim-adapters registry`: what an engine's release registers, and what another release changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from llmsim_adapters.cli.command import examples
from llmsim_adapters.cli.document import Cell, Document, Section, section, table
from llmsim_adapters.cli.group import MISUSE, Failed
from llmsim_adapters.cli.options import format_option
from llmsim_adapters.cli.output import Wanted, emit, write, write_file

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from llmsim_adapters.registries.difference import Difference
    from llmsim_adapters.registries.registry import Registry, Row
    from llmsim_adapters.report import Report


@click.group(
    short_help="Read what an engine's release registers.",
    epilog=examples("registry sglang --from sglang-0.5.23.whl -o new.json", "registry diff sglang new.json")["epilog"],
)
def registry() -> None:
    """Read what an engine's release registers, and what another release changes."""


def _reading(engine: str, title: str) -> Callable[..., None]:
    @registry.command(
        engine,
        short_help=f"Write the registry of a release of {title}.",
        help=f"Write the registry of a release of {title}, read by syntax alone, as JSON.",
    )
    @click.option(
        "--from",
        "source",
        metavar="PATH",
        help=f"A wheel, a checkout or the folder of {engine}.  [default: what is installed]",
    )
    @click.option("-o", "--output", type=click.Path(dir_okay=False), help="Write it to this file.")
    def command(source: str | None, output: str | None) -> None:
        from llmsim_adapters.registries.joined import text
        from llmsim_adapters.registries.read import read_registry
        from llmsim_adapters.registries.registry import RegistryError

        try:
            found = text(read_registry(engine, source))
        except RegistryError as error:
            raise Failed(str(error), MISUSE) from error
        if output is None:
            write(found)
        else:
            write_file(output, found)

    result: Callable[..., None] = command
    return result


sglang = _reading("sglang", "SGLang")
vllm = _reading("vllm", "vLLM")


@registry.command(short_help="Say what is new, gone or renamed.")
@click.argument("old")
@click.argument("new")
@format_option
def diff(old: str, new: str, wanted: Wanted) -> None:
    """Say what NEW adds to OLD, removes and renames, and evaluate what is new.

    Each is a registry: sglang, report, or the path of a file.
    """
    from llmsim_adapters.registries.difference import difference
    from llmsim_adapters.registries.registry import RegistryError, load_registry
    from llmsim_adapters.report import evaluate

    try:
        before, after = load_registry(old), load_registry(new)
    except RegistryError as error:
        raise Failed(str(error), MISUSE) from error
    found = difference(before, after)
    fresh = (*found.added, *(row for _, row in found.renamed))
    report = evaluate(after.model_copy(update={"models": fresh}), offline=True)
    emit(wanted, lambda: _document(before, after, found, report), lambda: _data(found, report))


def _document(before: Registry, after: Registry, found: Difference, report: Report) -> Document:
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


def _data(found: Difference, report: Report) -> dict[str, Any]:
    return {
        "added": [row.name for row in found.added],
        "removed": [row.name for row in found.removed],
        "renamed": [{"old": old.name, "new": new.name} for old, new in found.renamed],
        "changed": [{"name": new.name, "what": _changes(old, new)} for old, new in found.changed],
        "report": report.to_dict(),
    }
