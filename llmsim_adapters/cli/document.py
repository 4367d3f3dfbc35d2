"""What a command says, before anybody decides how it looks: sections of tables and sentences.

The renderers make every text safe to show, so that whoever writes a document need not think of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable

Tone: TypeAlias = Literal["", "good", "fair", "bad", "quiet", "strong"]
"""What a text means to the reader, where a renderer has colours."""

LIMIT: Final = 10_000
"""Texts are cut at this many characters, more than any formula has."""


class Cell(NamedTuple):
    """A cell of a table; the lines `under` its text say more of the same thing."""

    text: str
    tone: Tone = ""
    under: tuple[str, ...] = ()


class Column(NamedTuple):
    """A column; numbers stand at its right."""

    header: str = ""
    right: bool = False


class Table(NamedTuple):
    """A table; without a header where no column has one."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]

    @property
    def headed(self) -> bool:
        """Whether there is a header to show."""
        return any(column.header for column in self.columns)


class Section(NamedTuple):
    """A titled part of a document: tables and sentences."""

    title: str
    parts: tuple[Table | Cell, ...]


class Document(NamedTuple):
    """Everything that a command says."""

    title: str
    sections: tuple[Section, ...]


def table(headers: str, rows: Iterable[Iterable[str | Cell]]) -> Table:
    """Return a table; `headers` are separated by `|`, one that begins with `>` is of a column of numbers.

    A column that has nothing in it is left out.
    """
    columns = [Column(header.removeprefix(">"), header.startswith(">")) for header in headers.split("|")]
    cells = [[cell if isinstance(cell, Cell) else Cell(cell) for cell in row] for row in rows]
    used = [at for at in range(len(columns)) if not cells or any(row[at].text for row in cells)]
    return Table(tuple(columns[at] for at in used), tuple(tuple(row[at] for at in used) for row in cells))


def section(title: str, *parts: Table | Cell | str) -> Section:
    """Return a section; a string is a sentence."""
    return Section(title, tuple(Cell(part) if isinstance(part, str) else part for part in parts))
