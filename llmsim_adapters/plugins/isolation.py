"""Running a plugin's code so that whatever it does costs nothing but its own answer."""

from __future__ import annotations

import os
import sys
import threading
from contextlib import redirect_stdout
from typing import TYPE_CHECKING, Any, Final, TypeVar

from llmsim_adapters.errors import AdapterError
from llmsim_adapters.text import printable

if TYPE_CHECKING:
    from collections.abc import Callable

_Result = TypeVar("_Result")

TIMEOUT: Final = "LLMSIM_ADAPTERS_PLUGIN_TIMEOUT"
"""The environment variable for the seconds that one call into a plugin may take."""

_DEFAULT_SECONDS: Final = 5.0


class PluginError(AdapterError):
    """A plugin's code raised or did not answer in time; the message says which."""


def isolated(call: Callable[[], _Result]) -> _Result:
    """Return the result of a plugin's code, run in a thread of its own and bounded in time.

    What it prints goes to standard error, so that a command's data stays clean. Code that does not answer is
    abandoned with its thread, which does not keep the process alive.

    Raises:
        PluginError: the code raised anything, or did not answer in time.
    """
    box: list[Any] = []

    def run() -> None:
        try:
            box.append((call(), None))
        except BaseException as error:  # whatever a plugin raises, SystemExit included, is its own
            box.append((None, error))

    thread = threading.Thread(target=run, daemon=True, name="llmsim-adapters-plugin")
    seconds = _seconds()
    with redirect_stdout(sys.stderr):
        thread.start()
        thread.join(seconds)
    if not box:
        message = f"did not answer within {seconds:g} s ({TIMEOUT} sets the limit)"
        raise PluginError(message)
    result, error = box[0]
    if error is not None:
        message = f"{type(error).__name__}: {printable(error)}"
        raise PluginError(message) from error
    return result  # type: ignore[no-any-return]


def _seconds() -> float:
    try:
        seconds = float(os.environ.get(TIMEOUT, ""))
    except ValueError:
        return _DEFAULT_SECONDS
    return seconds if 0 < seconds < float("inf") else _DEFAULT_SECONDS
