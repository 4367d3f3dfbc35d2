"""Where the command begins and ends: in between an interrupt is one line, while what is needed is imported, too.

So that it begins at once, nothing is imported here that Python doesn't have in itself: `_signal` is what `signal` is
made of.
"""

from __future__ import annotations

import _signal as signal  # type: ignore[import-not-found]
import atexit
import gc
import os

TYPE_CHECKING = False  # as type checkers take it
if TYPE_CHECKING:
    from types import FrameType

_INTERRUPTED = 130
_MOMENT = 0.001
"""Seconds."""
_COLLECTED_FROM = 100_000
"""So many new objects are looked through for garbage, not 700: imports make none, and most commands end before."""


def run() -> None:
    """Run the command and exit."""
    gc.set_threshold(_COLLECTED_FROM)
    before = signal.getsignal(signal.SIGINT)
    ours = before is signal.default_int_handler  # not where whoever started it has interrupts ignored
    if ours:
        signal.signal(signal.SIGINT, _end)
        atexit.register(_last)  # the first to be registered is called last of all
    from llmsim_adapters.cli.main import main

    signal.signal(signal.SIGINT, _interrupt if ours else before)
    try:
        main(prog_name="llmsim-adapters")
    except SystemExit as ended:
        _exit_codes.append(ended.code)
        raise
    finally:
        if ours:
            signal.signal(signal.SIGINT, _end)


def _interrupt(number: int, frame: FrameType | None) -> None:
    """Raise KeyboardInterrupt, a moment later where nobody would hear of it: in the callback of an import's lock.

    Python passes over what a callback raises, with many words.
    """
    del number
    where = None if frame is None else frame.f_code
    if where is None or where.co_name != "cb" or where.co_filename != "<frozen importlib._bootstrap>":
        raise KeyboardInterrupt
    if hasattr(signal, "setitimer"):
        signal.signal(signal.SIGALRM, _interrupt)
        signal.setitimer(signal.ITIMER_REAL, _MOMENT)


_exit_codes: list[object] = []


def _last() -> None:
    """Leave nothing to Python that an interrupt could say something in.

    After an interrupt in code that was made of text, as that of a dataclass is, Python would end by the signal itself.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if _exit_codes == [_INTERRUPTED]:
        os._exit(_INTERRUPTED)


def _end(number: int, frame: FrameType | None) -> None:
    """End at once: an import that an exception interrupts may say what it likes about it."""
    del number, frame
    try:
        os.write(2, b"error: interrupted\n")
    finally:
        os._exit(_INTERRUPTED)
