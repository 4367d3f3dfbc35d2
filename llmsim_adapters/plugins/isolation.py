"""Running a plugin's code so that whatever it does costs nothing but its own answer."""

from __future__ import annotations

import os
import sys
import threading
from typing import TYPE_CHECKING, Final, TypeVar

from llmsim_adapters import streams
from llmsim_adapters.errors import TRACEBACK, AdapterError
from llmsim_adapters.graph.schedule import ScheduleError
from llmsim_adapters.plugins import output
from llmsim_adapters.text import printable

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

_Result = TypeVar("_Result")

TIMEOUT: Final = "LLMSIM_ADAPTERS_PLUGIN_TIMEOUT"
"""The environment variable for the seconds that one call into a plugin may take."""

DISABLE: Final = "LLMSIM_ADAPTERS_DISABLE"
"""Environment variable: a comma list of what is not loaded, named as in `ONLY`. What is built in always is."""

_HOST: Final = ("llmsim_adapters", "llmsim_builders", "pluggy")
_DEFAULT_SECONDS: Final = 5.0
_LONGEST_MESSAGE: Final = 400


class PluginError(AdapterError):
    """A plugin's code raised, answered nonsense or did not answer in time; the message says which."""


class PluginTimeout(PluginError):
    """A plugin's code did not answer in time."""


class Guest:
    """A part of a plugin: its code runs isolated, its errors carry the plugin's name.

    Once it has not answered in time it is not asked again, so that a plugin that hangs costs one wait and not one for
    each model of a registry, and leaves one thread behind and not hundreds.

    The package's own builders are loaded in the same way, but `at_home`: in this thread, whatever the time limit.
    """

    __slots__ = ("_at_home", "_silent", "label")

    def __init__(self, label: str, *, at_home: bool = False) -> None:
        self.label = label
        self._at_home = at_home
        self._silent = ""

    def run(self, call: Callable[[], _Result]) -> _Result:
        """Return the result of the plugin's code.

        Raises:
            PluginError: the code raised anything, or did not answer in time, now or before.
        """
        if self._at_home:
            return call()
        if self._silent:
            raise PluginTimeout(self._silent)
        try:
            return isolated(call, self.label)
        except PluginTimeout as error:
            self._silent = f"{self.label}: {error}; not asked again"
            message = f"{self.label}: {error}"
            raise PluginTimeout(message) from error
        except PluginError as error:
            message = f"{self.label}: {error}"
            raise PluginError(message) from error


def isolated(call: Callable[[], _Result], label: str = "a plugin") -> _Result:
    """Return the result of a plugin's code, run in a thread of its own and bounded in time.

    What it prints goes to standard error, so that a command's data stays clean. Code that does not answer is
    abandoned with its thread, which does not keep the process alive; where it lets nothing else run, it ends a command.

    Raises:
        PluginError: the code raised anything, or did not answer in time.
        ScheduleError: the host, which the code called, can't spread the model so.
    """
    results: list[_Result] = []
    errors: list[BaseException] = []

    def run() -> None:
        try:
            with output.diverted():
                result = call()
        except (PluginError, ScheduleError) as error:  # the latter is no fault of the plugin
            errors.append(error)
        except BaseException as error:  # whatever a plugin raises, SystemExit included, is its own
            with output.diverted():
                errors.append(_told(error))
        else:
            results.append(result)

    thread = threading.Thread(target=run, daemon=True, name="llmsim-adapters-plugin")
    seconds = _seconds()
    if streams.in_command() and not output.in_plugin():
        _protect_command(label, seconds)
    with output.kept():
        thread.start()
        thread.join(seconds)
        if thread.is_alive():
            output.abandon(thread)
    if results:
        return results[0]
    if errors:
        raise errors[0]
    message = f"did not answer within {seconds:g} s ({TIMEOUT} sets the limit)"
    raise PluginTimeout(message)


def _protect_command(label: str, seconds: float) -> None:
    """Take the command's streams, and have it ended where a plugin's code lets nothing else run."""
    from llmsim_adapters.plugins.talk import Talk  # these are what only plugins need
    from llmsim_adapters.plugins.watchdog import watch

    streams.shield(Talk)  # type: ignore[arg-type]
    name = label.partition(" ")[0]
    tried = label.endswith(".py (not installed)")  # a file that was given, which no variable leaves out
    watch(f"plugin {label}", seconds, "leave `--plugin` out" if tried else f"{DISABLE}={name} leaves it out")


def refuse_plugins(what: str) -> None:
    """Refuse a plugin's code what would wait for the host, which waits for that code.

    Raises:
        PluginError: this thread runs a plugin's code.
    """
    if output.in_plugin():
        message = f"a plugin's code can't {what} while the host runs it (at import, in `read`, `claim`, `build`, …)"
        place = _caller()
        raise PluginError(f"{message} ({place})" if place else message)


def _caller() -> str:
    """Return file and line of the code outside this package that called it."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and _root(frame) in _HOST:
        frame = frame.f_back
    return "" if frame is None else printable(f"{os.path.basename(frame.f_code.co_filename)}:{frame.f_lineno}")


def _root(frame: FrameType) -> str:
    return str(frame.f_globals.get("__name__", "")).partition(".")[0]


def _told(error: BaseException) -> PluginError:
    """Return what a plugin raised as an error of this package; its own text may raise, too."""
    name = type_name(error)
    try:
        text = printable(str(error), _LONGEST_MESSAGE)
    except BaseException:
        text = "(the error has no text that can be shown)"
    place = _place(error)
    told = PluginError((f"{name}: {text}" if text else name) + (f" ({place})" if place else ""))
    told.__cause__ = error
    if os.environ.get(TRACEBACK):
        _show(error)
    return told


def _place(error: BaseException) -> str:
    """Return file and line of the last thing that the plugin's own code did, whatever it called then."""
    if isinstance(error, SyntaxError) and error.filename:
        return printable(f"{os.path.basename(error.filename)}:{error.lineno}")
    from traceback import walk_tb  # only what went wrong needs it

    place, package = "", None
    for frame, line in walk_tb(error.__traceback__):
        root = _root(frame)
        if package is None and root not in _HOST and root not in sys.stdlib_module_names:
            package = root
        if root == package:
            place = f"{os.path.basename(frame.f_code.co_filename)}:{line}"
    return printable(place)


def _show(error: BaseException) -> None:
    """Show the whole traceback of what a plugin raised, from the plugin's thread: on standard error, harmless."""
    from traceback import format_exception

    try:
        print("".join(format_exception(error)), end="", flush=True)
    except BaseException:
        print("(the error has no traceback that can be shown)")


def type_name(value: object) -> str:
    """Return the name of a value's type, whatever its metaclass says of it."""
    return printable(type.__dict__["__name__"].__get__(type(value)), 80)


def _seconds() -> float:
    try:
        seconds = float(os.environ.get(TIMEOUT, ""))
    except ValueError:
        return _DEFAULT_SECONDS
    return seconds if 0 < seconds <= threading.TIMEOUT_MAX else _DEFAULT_SECONDS
