"""Processes that evaluate beside this one: begun anew, deaf to interrupts, and gone with it."""

from __future__ import annotations

import os
import signal
import threading
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context, parent_process
from multiprocessing.connection import wait
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from concurrent.futures import Future
    from types import TracebackType


class Workers(ProcessPoolExecutor):
    """Processes that are begun anew: a copy of this one might have copied a lock that somebody holds."""

    def __init__(self, count: int) -> None:
        super().__init__(count, mp_context=get_context("spawn"), initializer=_end_with_parent)

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Have a process work on something, which may begin the process."""
        with _interrupts_held():
            return super().submit(fn, *args, **kwargs)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool | None:
        if kind is not None and not issubclass(kind, Exception):  # interrupted: nobody waits for what is under way
            with _silent(getattr(self, "_executor_manager_thread", None)):
                for process in [*(self._processes or {}).values()]:
                    process.terminate()
                self._hang_up()
                return super().__exit__(kind, error, trace)
        return super().__exit__(kind, error, trace)

    def _hang_up(self) -> None:
        """Close this side of the pipes to processes that are gone: what they were in the middle of never ends.

        The pool's threads would wait for the rest of a result, or, before Python 3.11.5, for somebody who reads.
        """
        for queue, end in (("_result_queue", "_writer"), ("_call_queue", "_reader")):
            pipe = getattr(getattr(self, queue, None), end, None)
            if pipe is not None:
                pipe.close()


@contextmanager
def _silent(thread: threading.Thread | None) -> Iterator[None]:
    """Let a thread end by an exception unheard: the pool's has no answer to results that nobody wants any more."""
    before = threading.excepthook
    threading.excepthook = lambda raised: None if raised.thread is thread else before(raised)
    try:
        yield
    finally:
        threading.excepthook = before


@contextmanager
def _interrupts_held() -> Iterator[None]:
    """Hold interrupts back: a process that begins meanwhile has none for all its life, and no traceback of any."""
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        threading.Thread(target=_watch, args=(parent.sentinel,), daemon=True).start()


def _watch(parent: int) -> None:
    wait([parent])
    os._exit(1)
