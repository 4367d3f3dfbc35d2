"""What `builders` says: which builders and engines are installed, what each needs, and which plugins are broken."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from llmsim_adapters.cli.document import Cell, Document, Section, section, table
from llmsim_adapters.cli.words import pairs

if TYPE_CHECKING:
    from collections.abc import Iterable

    from llmsim_adapters.api import Builders
    from llmsim_adapters.plugins.registered import RegisteredBuilder, RegisteredEngine


def document(found: Builders, name: str | None = None) -> Document:
    """Return what is installed in a table each; `name` is of a builder or an engine that is shown whole."""
    if name is not None:
        builders = [_builder(entry) for entry in found.registered if entry.name == name]
        engines = [_engine(entry) for entry in found.engines if entry.name == name]
        return Document(name, (*builders, *engines))
    registered = table(
        "Builder|For|>Components|>Features|From",
        (
            (
                entry.name,
                _listed(entry.requirements.categories),
                f"{len(set(entry.requirements.components)):,}",
                f"{len(set(entry.requirements.features)):,}",
                f"{entry.distribution} {entry.version}",
            )
            for entry in found.registered
        ),
    )
    engines_found = table(
        "Engine|What it is|>Options|>Rules|From",
        (
            (
                entry.name,
                entry.engine.summary,
                f"{len(entry.engine.options):,}",
                f"{len(entry.engine.rules):,}",
                f"{entry.distribution} {entry.version}",
            )
            for entry in found.engines
        ),
    )
    broken = table(
        "Plugin|Distribution|Reason",
        (
            (Cell(plugin.entry_point, "bad"), f"{plugin.distribution} {plugin.version}", plugin.error)
            for plugin in found.broken
        ),
    )
    return Document(
        f"Builders: {len(found.registered)}, engines: {len(found.engines)}, broken plugins: {len(found.broken)}",
        (
            section("", "", registered, "", engines_found),
            *([section("Broken plugins", broken)] if found.broken else []),
            section("", "", Cell("What one needs and models:  builders NAME", "quiet")),
        ),
    )


def data(found: Builders) -> dict[str, Any]:
    """Return the same, ready for JSON."""
    return {
        "builders": [_builder_data(entry) for entry in found.registered],
        "engines": [_engine_data(entry) for entry in found.engines],
        "broken": [plugin._asdict() for plugin in found.broken],
    }


def _builder(entry: RegisteredBuilder) -> Section:
    needs = entry.requirements
    return pairs(
        f"{entry.name} ({entry.distribution} {entry.version})",
        [
            ("Categories", _listed(needs.categories)),
            ("Required parameters", ", ".join(needs.parameters)),
            *(
                (f"and for {category}", ", ".join(names))
                for category, names in sorted(needs.parameters_of.items(), key=lambda item: str(item[0]))
            ),
            ("Components", _listed(needs.components)),
            ("Features", _listed(needs.features)),
        ],
    )


def _builder_data(entry: RegisteredBuilder) -> dict[str, Any]:
    needs = entry.requirements
    return {
        "name": entry.name,
        "distribution": entry.distribution,
        "version": entry.version,
        "built_in": entry.built_in,
        "categories": sorted(map(str, needs.categories)),
        "parameters": list(needs.parameters),
        "parameters_of": {str(category): list(names) for category, names in needs.parameters_of.items()},
        "components": sorted(needs.components),
        "features": sorted(needs.features),
    }


def _engine(entry: RegisteredEngine) -> Section:
    engine = entry.engine
    return pairs(
        f"engine {entry.name} ({entry.distribution} {entry.version})",
        [
            ("What it is", engine.summary),
            ("Version", engine.version),
            ("Options", ", ".join(option.name for option in engine.options)),
            ("Rules", f"{len(engine.rules):,}"),
        ],
    )


def _engine_data(entry: RegisteredEngine) -> dict[str, Any]:
    engine = entry.engine
    return {
        "name": entry.name,
        "distribution": entry.distribution,
        "version": entry.version,
        "built_in": entry.built_in,
        "summary": engine.summary,
        "engine_version": engine.version,
        "options": [
            {
                "name": option.name,
                "default": option.default,
                "meaning": option.meaning,
                "choices": list(option.choices),
            }
            for option in engine.options
        ],
        "rules": len(engine.rules),
    }


def _listed(names: Iterable[object]) -> str:
    return ", ".join(sorted(map(str, names)))
