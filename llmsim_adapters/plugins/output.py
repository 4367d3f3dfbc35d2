"""Standard output while plugins run: what their threads write goes to standard error.

Only theirs: another thread of the program that prints meanwhile still prints to standard output.
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
_running = 0
_latest: _Router | None = None


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


def _nothing() -> None:
    """Do what a plugin's closing of standard output does."""


def in_plugin() -> bool:
    """Whether this thread runs a plugin's code."""
    return getattr(_plugin, "running", False)


@contextmanager
def diverted() -> Iterator[None]:
    """Run a plugin's code in this thread, with its standard output diverted and both streams put back after it.

    A thread that was abandoned is still inside when others come and go, and stays diverted.
    """
    global _running, _latest
    with _lock:
        _running += 1
        if not isinstance(sys.stdout, _Router):
            _latest = sys.stdout = _Router(sys.stdout)
        errors = sys.stderr
    _plugin.running = True
    try:
        yield
    finally:
        _plugin.running = False
        with _lock:
            _running -= 1
            sys.stderr = errors
            _restore()


def mend() -> None:
    """Put standard output back if code that was abandoned has replaced it."""
    with _lock:
        _restore()


def _restore() -> None:
    global _latest
    if _latest is None:
        return
    if _running:
        sys.stdout = _latest
        return
    # Code that was abandoned may end long after: by then the program can have closed that stream and taken another.
    if sys.stdout is _latest or not getattr(_latest.stream, "closed", False):
        sys.stdout = _latest.stream
    _latest = None
