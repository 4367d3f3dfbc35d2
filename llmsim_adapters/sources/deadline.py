"""A limit of time for a request, whatever the client that makes it does meanwhile."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Final, TypeVar

from llmsim_adapters.errors import AdapterError

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

TIMEOUT: Final = 60.0
"""Seconds that all hubs together have for one config, unless the caller says otherwise."""


class Late(Exception):
    """A request did not end in time."""


def checked(timeout: float) -> float:
    """Return a limit of time that can be one."""
    if not isinstance(timeout, int | float) or isinstance(timeout, bool) or not 0 < timeout < threading.TIMEOUT_MAX:
        message = f"timeout {timeout!r}: expected a number of seconds above 0"
        raise AdapterError(message)
    return timeout


def within(seconds: float, request: Callable[[], T]) -> T:
    """Return what a request returns, or raise what it raises.

    The clients bound each step and not the whole, so that a server which drips can hold them for as long as it likes.
    A request that is late goes on in a thread of its own, which neither the caller nor the process's end waits for.

    Raises:
        Late: it did not end in so many seconds.
    """
    done = threading.Event()
    results: list[T] = []
    errors: list[BaseException] = []

    def run() -> None:
        try:
            results.append(request())
        except BaseException as error:  # raised where it is waited for
            errors.append(error)
        finally:
            done.set()

    threading.Thread(target=run, name="llmsim-adapters-request", daemon=True).start()
    if not done.wait(max(seconds, 0)):
        raise Late
    if errors:
        raise errors[0]
    return results[0]
