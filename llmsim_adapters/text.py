"""How text and figures read: untrusted text made safe to show, figures to three digits."""

from __future__ import annotations

from typing import Final

_PREFIXES: Final = {
    "elements": ("", " K", " M", " B", " T"),
    "bytes": (" B", " kB", " MB", " GB", " TB", " PB", " EB"),
    "FLOPs": ("", " K", " M", " G", " T", " P", " E"),
}


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


def human(value: int, unit: str) -> str:
    """Return a figure to three digits: 8.03 B elements, 16.1 GB, 68.9 T FLOPs."""
    prefixes = _PREFIXES[unit]
    size, power = float(value), 0
    while size >= 999.5 and power < len(prefixes) - 1:
        size, power = size / 1000, power + 1
    digits = 0 if power == 0 or size >= 99.95 else 1 if size >= 9.995 else 2
    return f"{size:,.{digits}f}{prefixes[power]}"
