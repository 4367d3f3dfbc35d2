"""Untrusted text made safe to show."""

from __future__ import annotations


def printable(value: object, limit: int = 160) -> str:
    """Return `value` as one line of text that can't steer a terminal.

    Control, format and unassigned characters (escape sequences, bidirectional overrides, line breaks)
    become backslash escapes; more than `limit` characters are cut with an ellipsis.
    """
    text = value if isinstance(value, str) else str(value)
    cut = text if len(text) <= limit else text[: limit - 1] + "…"
    if cut.isprintable():
        return cut
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in cut)
