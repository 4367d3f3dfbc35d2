"""Where the command begins: an interrupt is one line from here on, while what the command needs is imported, too."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import FrameType

_INTERRUPTED = 130


def run() -> None:
    """Run the command and exit."""
    before = signal.getsignal(signal.SIGINT)
    if before is signal.default_int_handler:  # not where whoever started it has interrupts ignored
        signal.signal(signal.SIGINT, _end)
    from llmsim_adapters.cli.main import main

    signal.signal(signal.SIGINT, before)
    main(prog_name="llmsim-adapters")


def _end(number: int, frame: FrameType | None) -> None:
    """End at once: an import that an exception interrupts may say what it likes about it."""
    del number, frame
    try:
        os.write(2, b"error: interrupted\n")
    finally:
        os._exit(_INTERRUPTED)
