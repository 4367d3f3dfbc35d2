"""Documents on a terminal, or as plain text where the output goes elsewhere."""

from __future__ import annotations

from io import StringIO
from typing import TYPE_CHECKING, Final

from rich.box import Box
from rich.console import Console
from rich.table import Table as Grid
from rich.text import Text

from llmsim_adapters.cli.document import LIMIT, Table
from llmsim_adapters.text import printable

if TYPE_CHECKING:
    from llmsim_adapters.cli.document import Cell, Document

PLAIN_WIDTH: Final = 80
"""The width where there is no terminal whose width could be asked."""

_STYLES: Final = {"": "", "good": "green", "fair": "yellow", "bad": "red", "quiet": "dim", "strong": "bold"}
_RULED: Final = Box("    \n    \n ── \n    \n    \n    \n    \n    \n")
"""One line under the header and nothing else: the columns have the width for themselves."""


def render(document: Document, *, width: int = PLAIN_WIDTH, terminal: bool = False) -> str:
    """Return a document as text that is at most `width` wide, with colours only for a terminal."""
    out = StringIO()
    console = Console(
        file=out,
        width=width,
        force_terminal=terminal,
        color_system="auto" if terminal else None,
        force_jupyter=False,
        legacy_windows=False,
        markup=False,
        emoji=False,
        highlight=False,
    )
    console.print(_text(document.title, "strong"))
    for section in document.sections:
        if section.title:
            console.print()
            console.print(_text(section.title, "strong"))
        for part in section.parts:
            console.print(_grid(part) if isinstance(part, Table) else _cell(part))
    # Rich fills lines up to the width; nobody needs blanks at their ends.
    return "".join(line.rstrip() + "\n" for line in out.getvalue().splitlines())


_LONGEST_NUMBER: Final = 32


def _grid(table: Table) -> Grid:
    grid = Grid(
        box=_RULED,
        padding=(0, 1, 0, 0),
        pad_edge=False,
        show_edge=False,
        show_header=table.headed,
        header_style="dim",
    )
    for at, column in enumerate(table.columns):
        longest = max((len(row[at].text) for row in table.rows), default=0)
        grid.add_column(
            _text(column.header, ""),
            justify="right" if column.right else "left",
            overflow="fold",
            no_wrap=column.right and longest <= _LONGEST_NUMBER,  # more than that would take the other columns' room
        )
    for row in table.rows:
        grid.add_row(*(_cell(cell) for cell in row))
    return grid


def _cell(cell: Cell) -> Text:
    text = _text(cell.text, cell.tone)
    for line in cell.under:
        text.append("\n" + printable(line, LIMIT), "dim")
    return text


def _text(text: str, tone: str) -> Text:
    return Text(printable(text, LIMIT), _STYLES[tone])
