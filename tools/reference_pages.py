"""Writes what the reference says of commands and of JSON documents: `python tools/reference_pages.py`.

Behind `<!-- help of NAME -->` stands the help of that command, behind `<!-- fields of NAME -->` the fields of that JSON
document, behind `<!-- names of KIND -->` the words of a kind, each up to `<!-- end -->`. `tests/test_docs.py` holds
them to what the package says now.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ROOT: Final = Path(__file__).resolve().parent.parent
PAGES: Final = tuple(ROOT / f"docs/reference/{name}.md" for name in ("command", "json", "names"))
WIDTH: Final = 80
_PART: Final = re.compile(r"(<!-- (help|fields|names) of ([\w-]+) -->\n).*?(<!-- end -->\n)", re.DOTALL)


def written(text: str) -> str:
    """Return a page with its parts as they are to be now."""
    parts = {"fields": fields, "help": usage, "names": names}
    return _PART.sub(lambda part: f"{part[1]}\n{''.join(parts[part[2]](part[3])).strip()}\n\n{part[4]}", text)


def usage(name: str) -> Iterator[str]:
    """Yield what a command, or the whole program, says of itself."""
    import click

    from llmsim_adapters.cli.main import main

    command = main.commands.get(name, main)
    with click.Context(main, info_name="llmsim-adapters", terminal_width=WIDTH, **main.context_settings) as program:
        own = program if command is main else click.Context(command, program, info_name=name)
        yield f"```text\n{command.get_help(own)}\n```"
        if command is not main and isinstance(command, click.Group):
            for each in sorted(command.commands):
                inner = click.Context(command.commands[each], own, info_name=each)
                yield f"\n\n```text\n{command.commands[each].get_help(inner)}\n```"


def fields(name: str) -> Iterator[str]:
    """Yield the fields of a JSON document, and of what is inside it, as tables."""
    from llmsim_adapters.documents import schema_of

    schema = schema_of(name)
    yield _table(schema)
    for part, definition in schema.get("$defs", {}).items():
        if "properties" in definition:
            yield f"\n**{_words(part)}**: {definition['description']}\n\n{_table(definition)}"


def names(what: str) -> Iterator[str]:
    """Yield the words of a kind, without those of plugins."""
    from llmsim_adapters.cli.names import data
    from llmsim_adapters.plugins.manager import installed, load

    said = data(load(installed()[0], {"LLMSIM_ADAPTERS_PLUGINS": ""}))
    rows = {
        "parameters": lambda each: (
            f"`{each['name']}`",
            ", ".join(f"`{one['name']}`" + (f" ({one['of']})" if one["of"] else "") for one in each["spellings"]),
        ),
        "features": lambda each: (f"`{each['name']}`", f"`{each['group']}`", each["meaning"]),
        "components": lambda each: (
            f"`{each['name']}`",
            f"`{each['class_name']}`",
            ", ".join(f"`{field['name']}`" + ("" if field["required"] else " (optional)") for field in each["fields"]),
        ),
    }
    heads = {
        "parameters": ("parameter", "other spellings"),
        "features": ("feature", "of", "meaning"),
        "components": ("component", "class", "fields"),
    }
    yield f"| {' | '.join(heads[what])} |\n| {' | '.join('---' for _ in heads[what])} |\n"
    for each in said[what]:
        yield f"| {' | '.join(rows[what](each))} |\n".replace("|  |", "| |")


def _table(definition: Mapping[str, Any]) -> str:
    rows = [
        f"| `{name}` | {_type(field)} | {field.get('description', '').replace('|', '/')} |\n"
        for name, field in definition["properties"].items()
    ]
    return f"| field | type | meaning |\n| --- | --- | --- |\n{''.join(rows)}"


def _type(field: Mapping[str, Any]) -> str:
    if "$ref" in field:
        return _words(field["$ref"].rpartition("/")[2])
    if "anyOf" in field:
        return " or ".join(_type(each) for each in field["anyOf"])
    if "const" in field:
        return f"`{field['const']}`"
    if "enum" in field:
        return ", ".join(f"`{each}`" for each in field["enum"])
    if field.get("type") == "array":
        return f"list of {_type(field['items'])}"
    if field.get("type") == "object" and isinstance(field.get("additionalProperties"), dict):
        return f"object of {_type(field['additionalProperties'])}"
    return str(field.get("type", "any"))


def _words(name: str) -> str:
    return name.removesuffix("Document")


if __name__ == "__main__":
    for page in PAGES:
        page.write_text(written(page.read_text(encoding="utf-8")), encoding="utf-8")
