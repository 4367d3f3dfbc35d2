"""Documents as GitHub's Markdown."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from llmsim_adapters.cli.document import LIMIT, Table
from llmsim_adapters.text import printable

if TYPE_CHECKING:
    from llmsim_adapters.cli.document import Cell, Document

_HTML: Final = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
_MARKS: Final = re.compile(r"[\\`*\[\]|~$]|(?<![^\W_])_|_(?![^\W_])")
_BLOCK: Final = re.compile(r"^(?=[#+\-=])|^(\d+)(?=[.)](?:\s|$))")


def render(document: Document) -> str:
    """Return a document as Markdown, in which no text is markup."""
    blocks = [f"# {_escaped(document.title)}"]
    for section in document.sections:
        if section.title:
            blocks.append(f"## {_escaped(section.title)}")
        blocks += [_table(part) if isinstance(part, Table) else _paragraph(part) for part in section.parts]
    return "\n\n".join(block for block in blocks if block) + "\n"


def _table(table: Table) -> str:
    lines = [
        [_escaped(column.header) for column in table.columns],
        ["---:" if column.right else "---" for column in table.columns],
        *([_cell(cell) for cell in row] for row in table.rows),
    ]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _paragraph(cell: Cell) -> str:
    """Return a sentence that is no heading and no list, whatever it begins with."""
    return _BLOCK.sub(r"\g<1>\\", _cell(cell))


def _cell(cell: Cell) -> str:
    return "<br>".join(_escaped(line) for line in (cell.text, *cell.under))


def _escaped(text: str) -> str:
    return _MARKS.sub(r"\\\g<0>", printable(text, LIMIT).translate(_HTML))
