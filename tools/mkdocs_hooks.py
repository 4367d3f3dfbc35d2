"""What the documentation site has beyond its pages; `mkdocs.yml` names this file among its hooks.

Links that leave `docs/` are good on a code host, where pages are read beside the code, but the site has no such files:
they go to the repository where `repo_url` names it, else they become the path. A page that says
`<!-- fields of NAME -->` gets the fields of that JSON document there, and `<!-- help of NAME -->` the help of that
command.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ROOT: Final = Path(__file__).resolve().parent.parent
_LINK: Final = re.compile(r"\[([^]]+)\]\((\.\.[^)#]*)(#[^)]*)?\)")
_PART: Final = re.compile(r"<!-- (fields|help) of ([\w-]+) -->")


def on_page_markdown(markdown: str, page: Any, config: Mapping[str, Any], files: Any) -> str:
    """Return a page's text as the site has it."""
    del files
    source = Path(page.file.abs_src_path)

    def link(match: re.Match[str]) -> str:
        target = (source.parent / match[2]).resolve()
        if target.is_relative_to(config["docs_dir"]):
            return match[0]
        path = target.relative_to(ROOT).as_posix()
        if not target.exists():
            message = f"{source}: there is no {path}"
            raise FileNotFoundError(message)
        base = config.get("repo_url")
        return (
            f"[{match[1]}]({base.rstrip('/')}/blob/main/{path}{match[3] or ''})" if base else f"{match[1]} (`{path}`)"
        )

    parts = {"fields": fields, "help": usage}
    return _PART.sub(lambda match: "".join(parts[match[1]](match[2])), _LINK.sub(link, markdown))


def usage(name: str) -> Iterator[str]:
    """Yield what a command, or the whole program, says of itself."""
    import click

    from llmsim_adapters.cli.main import main

    command = main.commands.get(name, main)
    with click.Context(main, info_name="llmsim-adapters", terminal_width=100, **main.context_settings) as program:
        own = program if command is main else click.Context(command, program, info_name=name)
        yield f"```text\n{command.get_help(own)}\n```"


def fields(name: str) -> Iterator[str]:
    """Yield the fields of a JSON document, and of what is inside it, as tables."""
    from llmsim_adapters.documents import schema_of

    schema = schema_of(name)
    yield _table(schema)
    for part, definition in schema.get("$defs", {}).items():
        if "properties" in definition:
            yield f"\n**{_words(part)}**: {definition['description']}\n\n{_table(definition)}"


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
