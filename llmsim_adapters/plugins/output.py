"""The program's streams and its state while plugins run: what their threads write goes to standard error, harmless.

Only theirs: another thread of the program that prints meanwhile still prints to standard output.

The program's streams are replaced and put back by the thread that asks a plugin, while it asks, and by no other: a
plugin that was abandoned ends at any time, when they are no longer what they were. Likewise its environment, its
current folder and its recursion limit.
"""

from __future__ import annotations

import io
import sys
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmsim_adapters.plugins.process import State

_lock = threading.Lock()
_plugin = threading.local()
_asking = 0
_before: State | None = None
_abandoned: list[threading.Thread] = []


class _Router:
    """A stand-in for a stream that passes everything on, from a plugin's thread to standard error, made harmless.

    A plugin that closes what it takes for standard output closes nothing: the program still writes to both.
    """

    def __init__(self, stream: Any, *, errors: bool) -> None:
        self.stream = stream
        self._errors = errors

    def __getattr__(self, name: str) -> Any:
        if not in_plugin():
            return getattr(self.stream, name)
        from llmsim_adapters.plugins.talk import Talk

        errors: Any = self.stream if self._errors else sys.stderr
        if errors is None:
            errors = io.StringIO()
        return getattr(errors if isinstance(errors, (_Router, Talk)) else Talk(errors), name)


_routers: dict[tuple[int, bool], _Router] = {}
"""The router of each stream, by its identity. They live as long as the process: in older versions of Python `print`
borrows `sys.stdout` and is no owner of it, so that a router which is freed while another thread prints through it
ends the process."""


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
    """Keep the program's streams and state while this thread asks a plugin, which runs in another.

    Streams have routers meanwhile, and after that for as long as a plugin that was abandoned still runs. They are put
    back, whatever the plugin has set them to. Where a plugin asks for another, its own caller does all of this.
    """
    global _asking, _before
    if in_plugin():
        yield
        return
    from llmsim_adapters.plugins import process

    with _lock:
        if not _asking:
            _before = process.state()
        _asking += 1
        out, errors = sys.stdout, sys.stderr
        sys.stdout, sys.stderr = _routed(out, errors=False), _routed(errors, errors=True)
    try:
        yield
    finally:
        with _lock:
            _asking -= 1
            _abandoned[:] = [thread for thread in _abandoned if thread.is_alive()]
            needed = _asking or _abandoned
            if needed:
                sys.stdout, sys.stderr = _routed(out, errors=False), _routed(errors, errors=True)
            else:
                sys.stdout, sys.stderr = _plain(out), _plain(errors)
            assert _before is not None
            process.put_back(_before)


def _routed(stream: Any, *, errors: bool) -> Any:
    if stream is None or isinstance(stream, _Router):
        return stream
    return _routers.setdefault((id(stream), errors), _Router(stream, errors=errors))


def _plain(stream: Any) -> Any:
    return stream.stream if isinstance(stream, _Router) else stream


def abandon(thread: threading.Thread) -> None:
    """Note that a plugin's thread is no longer waited for, though it runs."""
    with _lock:
        _abandoned.append(thread)
