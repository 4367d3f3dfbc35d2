"""Standard error as plugins have it."""

from __future__ import annotations

import io
from typing import Any


def harmless(text: str) -> str:
    """Return lines of text that can't steer a terminal: control and format characters become backslash escapes."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() or c in "\n\t" else c.encode("unicode_escape").decode("ascii") for c in text)


class Talk(io.TextIOBase):
    """Standard error as a plugin has it: what is written can't steer a terminal, and closing it closes nothing."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream
        self.buffer = _Bytes(self)

    @property
    def encoding(self) -> str:  # type: ignore[override]
        """The encoding that bytes are taken to be in."""
        return "utf-8"

    def write(self, text: str) -> int:
        """Write text, made harmless."""
        self._stream.write(harmless(text))
        return len(text)

    def flush(self) -> None:
        """Write what is kept back."""
        self._stream.flush()

    def writable(self) -> bool:
        """Return that one can write here."""
        return True

    def fileno(self) -> int:
        """Return the descriptor below."""
        return int(self._stream.fileno())

    def close(self) -> None:
        """Close nothing."""


class _Bytes(io.RawIOBase):
    """The bytes below the text, which are made harmless as text."""

    def __init__(self, talk: Talk) -> None:
        self._talk = talk

    def write(self, data: Any) -> int:
        """Write bytes as the text that they are."""
        self._talk.write(bytes(data).decode("utf-8", "backslashreplace"))
        return len(data)

    def writable(self) -> bool:
        """Return that one can write here."""
        return True

    def flush(self) -> None:
        """Write what is kept back."""
        self._talk.flush()

    def close(self) -> None:
        """Close nothing."""
