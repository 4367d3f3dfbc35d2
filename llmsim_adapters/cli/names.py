"""What `names` says: the words that a plugin is written with, canonical parameters, features and components."""

from __future__ import annotations

from dataclasses import MISSING, fields, is_dataclass
from typing import TYPE_CHECKING, Any

from llmsim_adapters.cli.document import Cell, Document, section, table
from llmsim_adapters.dialects.keys.aliases import ALIASES
from llmsim_adapters.plugins.vocabulary import parameters
from llmsim_adapters.spec.components import every_kind

if TYPE_CHECKING:
    from llmsim_adapters.plugins.registered import Registered
    from llmsim_adapters.spec.components import Component


def data(found: Registered) -> dict[str, Any]:
    """Return the words, those of plugins among them, ready for JSON."""
    kinds = {
        kind.kind: kind for kind in (*every_kind(), *found.lowerings) if isinstance(getattr(kind, "kind", None), str)
    }
    return {
        "parameters": [
            {
                "name": name,
                "spellings": [{"name": alias.spelling, "of": alias.origin} for alias in ALIASES.get(name, ())],
            }
            for name in sorted(parameters() | found.asked_names())
        ],
        "features": [
            {"name": feature.name, "group": found.features.group(feature.name) or "", "meaning": feature.summary}
            for feature in sorted(found.features, key=lambda feature: feature.name)
        ],
        "components": [
            {"name": name, "class_name": kind.__name__, "fields": _fields(kind)} for name, kind in sorted(kinds.items())
        ],
    }


def _fields(kind: type[Component]) -> list[dict[str, Any]]:
    if not is_dataclass(kind):
        return []
    return [
        {
            "name": field.name,
            "type": field.type if isinstance(field.type, str) else getattr(field.type, "__name__", str(field.type)),
            "required": field.default is MISSING and field.default_factory is MISSING,
        }
        for field in fields(kind)
        if field.init
    ]


def document(said: dict[str, Any]) -> Document:
    """Return the same for people."""
    known = [
        (Cell(name["name"], "strong"), _cell([_spelling(each) for each in name["spellings"]]))
        for name in said["parameters"]
    ]
    features = [(Cell(each["name"], "strong"), each["group"], each["meaning"]) for each in said["features"]]
    kinds = [
        (Cell(each["name"], "strong"), each["class_name"], _cell([_field(field) for field in each["fields"]]))
        for each in said["components"]
    ]
    return Document(
        "Names",
        (
            section("Canonical parameters", table("Parameter|Other spellings", known)),
            section("Features", table("Feature|Of|Meaning", features)),
            section("Components", table("Component|Class|Fields", kinds)),
        ),
    )


def _spelling(said: dict[str, Any]) -> str:
    return f"{said['name']} ({said['of']})" if said["of"] else str(said["name"])


def _field(said: dict[str, Any]) -> str:
    return f"{said['name']}: {said['type']}{'' if said['required'] else ', optional'}"


def _cell(lines: list[str]) -> Cell:
    return Cell(lines[0] if lines else "", under=tuple(lines[1:]))
