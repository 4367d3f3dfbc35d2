"""What `plugins` says: which plugins are there, what each brings, and what is wrong with them."""

from __future__ import annotations

import inspect
import re
from typing import TYPE_CHECKING, Any, Final

from llmsim_adapters.cli.document import Cell, Document, section, table
from llmsim_adapters.dialects.reading.find import declared_types
from llmsim_adapters.plugins.engines import engines_of
from llmsim_adapters.plugins.hookspecs import HookSpecs
from llmsim_adapters.plugins.registered import HOST
from llmsim_adapters.spec.components import every_kind

if TYPE_CHECKING:
    from llmsim_adapters.plugins.registered import Registered

_KINDS: Final = ("dialects", "components", "builders", "engines", "towers")


def data(found: Registered) -> dict[str, Any]:
    """Return what is registered, each thing with the distribution that brought it, ready for JSON."""
    plugged = {
        what: sorted(name for kind, name in found.owners if kind == what) for what in ("model type", "component")
    }
    own = next((plugin for plugin in found.plugins if plugin.distribution == HOST), None)
    label = HOST if own is None else f"{HOST} {own.version}"
    owner = found.owners.get
    brought = {
        "dialects": {
            **dict.fromkeys(sorted(declared_types()), label),
            **{name: owner(("model type", name), "") for name in plugged["model type"]},
        },
        "components": {
            **dict.fromkeys(sorted(kind.kind for kind in every_kind()), label),
            **{name: owner(("component", name), "") for name in plugged["component"]},
        },
        "builders": {name: f"{e.distribution} {e.version}" for name, e in sorted(found.builders.items())},
        "engines": {entry.name: f"{entry.distribution} {entry.version}" for entry in engines_of(found)},
        "towers": {
            **dict.fromkeys(sorted(declared_types("towers")), label),
            # What a plugin's towers are called, only its code knows: they are listed under the type that has them.
            **{
                name: owner(("model type", name), "")
                for name, dialect in sorted(found.dialects.items())
                if dialect.towers is not None
            },
        },
    }
    return {
        "plugins": [
            {**plugin._asdict(), "hooks": [{"name": hook, "since": since(hook)} for hook in plugin.hooks]}
            for plugin in found.plugins
        ],
        **{kind: [{"name": name, "owner": by} for name, by in brought[kind].items()] for kind in _KINDS},
        "faults": [fault._asdict() for fault in found.faults()],
    }


def document(said: dict[str, Any]) -> Document:
    """Return the same for people: of what this package brings itself, how much it is."""
    plugins = [
        (
            Cell(plugin["entry_point"], "strong"),
            f"{plugin['distribution']} {plugin['version']}",
            plugin["module"],
            _cell([f"{hook['name']} (since {hook['since']})" for hook in plugin["hooks"]]),
        )
        for plugin in said["plugins"]
    ]
    rows = []
    for plugin in said["plugins"]:
        label = f"{plugin['distribution']} {plugin['version']}"
        for kind in _KINDS:
            names = [entry["name"] for entry in said[kind] if entry["owner"] == label]
            many = plugin["distribution"] == HOST and kind in ("dialects", "components", "towers")
            if names:
                rows.append((label, kind, f"{len(names):,}", "" if many else ", ".join(names)))
    faults = [
        (Cell(fault["entry_point"], "fair" if fault["used"] else "bad"), _of(fault), fault["error"])
        for fault in said["faults"]
    ]
    return Document(
        f"Plugins: {len(said['plugins'])}, conflicts and faults: {len(faults)}",
        (
            section("Loaded", table("Entry point|Distribution|Module|Hooks", plugins)),
            section("What they bring", table("Distribution|Kind|>Count|Names", rows)),
            *([section("Conflicts and faults", table("Plugin|Distribution|What is wrong", faults))] if faults else []),
        ),
    )


def _of(fault: dict[str, Any]) -> str:
    return f"{fault['distribution']} {fault['version']}".strip()


def _cell(lines: list[str]) -> Cell:
    return Cell(lines[0] if lines else "", under=tuple(lines[1:]))


def since(hook: str) -> str:
    """Return the version that a hook is there since."""
    said = re.search(r"Since (\d[\d.]*\d)", inspect.getdoc(getattr(HookSpecs, hook)) or "")
    return said[1] if said else ""
