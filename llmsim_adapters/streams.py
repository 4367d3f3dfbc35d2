"""Standard output and standard error: the command's own, and what plugins have in their place.

A command takes both before a plugin's code runs for the first time. From then on the descriptor that this process calls
standard output leads to standard error, whoever writes to it: a thread that a plugin left behind, a process that it
started. Without plugins, and in a program that is no command of this package, nothing is taken.
"""

from __future__ import annotations

import io
import os
import sys
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from collections.abc import Callable

_in_command = False
_own: tuple[TextIO, TextIO] | None = None


def keep_for_command(wanted: bool) -> None:
    """Say whether this process is a command whose standard output has its data and nothing else."""
    global _in_command
    _in_command = wanted


def in_command() -> bool:
    """Whether this process is such a command."""
    return _in_command


def data() -> TextIO | None:
    """Return the stream for a command's data."""
    return sys.stdout if _own is None else _own[0]


def talk() -> TextIO | None:
    """Return the stream for what a command says beside its data."""
    return sys.stderr if _own is None else _own[1]


def shield(stand_in: Callable[[TextIO], TextIO]) -> None:
    """Take both streams of a command, where they are those that the process began with.

    What others have in their place is a stand-in for standard error.
    """
    global _own
    if not _in_command or _own is not None:
        return
    try:
        if (sys.stdout.fileno(), sys.stderr.fileno()) != (1, 2):
            return
    except (AttributeError, OSError, ValueError):  # None, closed, or a stand-in without a descriptor
        return
    out, errors = sys.stdout, sys.stderr
    out.flush()
    errors.flush()
    _own = _duplicate(out, 1), _unbuffered(errors, 2)
    os.dup2(2, 1)
    sys.stdout = sys.__stdout__ = sys.stderr = sys.__stderr__ = stand_in(_own[1])  # type: ignore[misc, assignment]
    _original.extend((out, errors))


_original: list[TextIO] = []
"""The streams of the beginning, which would close their descriptors if nobody held them."""


def _duplicate(stream: TextIO, descriptor: int) -> TextIO:
    return open(os.dup(descriptor), "w", encoding=stream.encoding, errors=stream.errors, buffering=1)


def _unbuffered(stream: TextIO, descriptor: int) -> TextIO:
    """Return a duplicate without a buffer, whose lock a plugin's thread could hold for ever when the process ends."""
    raw = io.FileIO(os.dup(descriptor), "w")
    return io.TextIOWrapper(raw, encoding=stream.encoding, errors=stream.errors, write_through=True)
