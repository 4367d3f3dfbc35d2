"""Standard output while plugins run: what their threads write goes to standard error.

Only theirs: another thread of the program that prints meanwhile still prints to standard output.

The program's streams are replaced and put back by the thread that asks a plugin, while it asks, and by no other: a
plugin that was abandoned ends at any time, when they are no longer what they were.
"""

from __future__ import annotations

import io
import sys
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

_lock = threading.Lock()
_plugin = threading.local()
_asking = 0
_abandoned: list[threading.Thread] = []


class _Router:
    """A stand-in for `sys.stdout` that passes everything on, from a plugin's thread to standard error.

    A plugin that closes what it takes for standard output closes nothing: the program still writes to both.
    """

    def __init__(self, stream: Any) -> None:
        self.stream = stream

    def __getattr__(self, name: str) -> Any:
        if in_plugin():
            if name == "close":
                return _nothing
            return getattr(sys.stderr if sys.stderr is not None else io.StringIO(), name)
        return getattr(self.stream, name)


_routers: dict[int, _Router] = {}
"""The router of each stream, by its identity. They live as long as the process: in older versions of Python `print`
borrows `sys.stdout` and is no owner of it, so that a router which is freed while another thread prints through it
ends the process."""


def _nothing() -> None:
    """Do what a plugin's closing of standard output does."""


def in_plugin() -> bool:
    """Whether this thread runs a plugin's code."""
    return getattr(_plugin, "running", False)


@contextmanager
def diverted() -> Iterator[None]:
    """Take this thread for a plugin's: what it prints goes to standard error, as long as a router is in place."""
    _plugin.running = True
    try:
        yield
    finally:
        _plugin.running = False


@contextmanager
def kept() -> Iterator[None]:
    """Keep the program's streams while this thread asks a plugin, which runs in another.

    Standard output has a router meanwhile, and after that for as long as a plugin that was abandoned still runs. Both
    streams are put back, whatever the plugin has set them to. Where a plugin asks for another, its own caller does
    all of this.
    """
    global _asking
    if in_plugin():
        yield
        return
    with _lock:
        _asking += 1
        errors, out = sys.stderr, sys.stdout
        if out is not None and not isinstance(out, _Router):
            out = sys.stdout = _routers.setdefault(id(out), _Router(out))
    try:
        yield
    finally:
        with _lock:
            _asking -= 1
            _abandoned[:] = [thread for thread in _abandoned if thread.is_alive()]
            needed = _asking or _abandoned
            sys.stderr = errors
            sys.stdout = out.stream if isinstance(out, _Router) and not needed else out


def abandon(thread: threading.Thread) -> None:
    """Note that a plugin's thread is no longer waited for, though it runs."""
    with _lock:
        _abandoned.append(thread)
