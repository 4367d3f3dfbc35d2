"""HTML for notebooks: a heading, sentences and tables, in which no text is markup."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Final

from llmsim_adapters.text import printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_LIMIT: Final = 500
_RIGHT: Final = ' style="text-align: right"'
_LEFT: Final = ' style="text-align: left"'


def block(title: str, *parts: str) -> str:
    """Return a titled block; the parts are HTML already."""
    return f"<div><strong>{_text(title)}</strong>{''.join(parts)}</div>"


def sentence(text: str) -> str:
    """Return a sentence."""
    return f"<div>{_text(text)}</div>"


def table(headers: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a table; a header that begins with `>` is of a column of numbers. Without a header: names and values."""
    sides = [_RIGHT if header.startswith(">") else _LEFT for header in headers]
    head = "".join(
        f"<th{side}>{_text(header.removeprefix('>'))}</th>" for header, side in zip(headers, sides, strict=True)
    )
    body = "".join(
        f"<tr>{''.join(f'<td{side}>{_text(cell)}</td>' for cell, side in zip(row, sides, strict=True))}</tr>"
        for row in rows
    )
    return f"<table>{f'<thead><tr>{head}</tr></thead>' if any(headers) else ''}<tbody>{body}</tbody></table>"


def _text(cell: object) -> str:
    return escape(printable(cell, _LIMIT))
