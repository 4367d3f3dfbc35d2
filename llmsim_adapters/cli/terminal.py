"""Documents on a terminal, or as plain text where the output goes elsewhere."""

from __future__ import annotations

import re
from io import StringIO
from typing import TYPE_CHECKING, Any, Final

from rich.box import Box
from rich.console import Console
from rich.table import Table as Grid
from rich.text import Text

from llmsim_adapters.cli.document import LIMIT, Table
from llmsim_adapters.text import printable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.containers import Lines

    from llmsim_adapters.cli.document import Cell, Document

PLAIN_WIDTH: Final = 80
"""The width where there is no terminal whose width could be asked."""

_STYLES: Final = {"": "", "good": "green", "fair": "yellow", "bad": "red", "quiet": "dim", "strong": "bold"}
_RULED: Final = Box("    \n    \n ── \n    \n    \n    \n    \n    \n")
"""One line under the header and nothing else: the columns have the width for themselves."""
_SHARE: Final = 3
"""A column of numbers or values has at most this part of the width; what is longer is cut, so that names are not."""
_JOINTS: Final = re.compile(r"[._/,=-]")
"""Characters after which a word that is longer than its column may go on in the next line."""


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
            console.print(_grid(part, width) if isinstance(part, Table) else _cell(part))
    # Rich fills lines up to the width; nobody needs blanks at their ends.
    return "".join(line.rstrip() + "\n" for line in out.getvalue().splitlines())


_LONGEST_NUMBER: Final = 32


def _grid(table: Table, width: int) -> Grid:
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
            no_wrap=column.right and longest <= min(_LONGEST_NUMBER, width // _SHARE),
            max_width=width // _SHARE if column.right else None,  # what is longer leaves the other columns their room
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
    return _Words(printable(text, LIMIT), _STYLES[tone])


class _Words(Text):
    """A text whose words, where they are longer than a line, are parted at their joints."""

    def wrap(self, console: Console, width: int, **options: Any) -> Lines:
        """Return the lines of the text."""
        words = () if options.get("no_wrap") else re.finditer(r"\S+", self.plain)
        breaks = [at for word in words for at in _breaks(word[0], word.start(), width)]
        parted = Text("\n").join(self.divide(breaks)) if breaks else self
        return Text.wrap(parted, console, width, **options)


def _breaks(word: str, start: int, width: int) -> Iterator[int]:
    """Yield where the lines of a word begin, but its first."""
    joints = [joint.end() for joint in _JOINTS.finditer(word)]
    begun = 0
    while len(word) - begun > width:
        fitting = [joint for joint in joints if begun < joint <= begun + width]
        begun = fitting[-1] if fitting else begun + width
        yield start + begun
