"""The end of a command in which a plugin's code holds the interpreter: nothing inside this process could end it.

A time limit needs a thread that wakes up, and none does while code such as a regular expression that backtracks without
end holds the interpreter's lock. So a second process listens for a sign of life, and ends the command where none comes
for as long as a call may take.
"""

from __future__ import annotations

import atexit
import os
import subprocess
import sys
import threading
import time
from contextlib import suppress
from typing import Final

_EVERY: Final = 0.5
_GRACE: Final = 2

_WATCH: Final = """
import os, queue, signal, sys, threading
limit, watched, advice = float(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
heard, label, silent = queue.Queue(), "a plugin", 0

def listen():
    for line in sys.stdin:
        heard.put(line)
    heard.put("")

threading.Thread(target=listen, daemon=True).start()
while silent < limit:  # in seconds of this process, which is stopped where the command is
    try:
        line = heard.get(timeout=1)
    except queue.Empty:
        silent += 1
        continue
    if not line:
        sys.exit()
    label, silent = line.strip(), 0
if os.getppid() == watched:
    sys.stderr.write(f"error: {label} holds the interpreter, and nothing else could run for {silent} s; {advice}\\n")
    sys.stderr.flush()
    os.kill(watched, getattr(signal, "SIGKILL", signal.SIGTERM))
"""

_asked = ""
_process: subprocess.Popen[str] | None = None


def watch(label: str, seconds: float, advice: str) -> None:
    """Have this process ended where it gives no sign of life for a while, after code of `label` was asked."""
    global _asked, _process
    _asked = label
    if _process is not None or not sys.executable:
        return
    command = [sys.executable, "-I", "-S", "-c", _WATCH, str(seconds + _GRACE), str(os.getpid()), advice]
    try:
        _process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, encoding="utf-8", errors="replace"
        )
    except OSError:  # the command goes without
        return
    _sign()
    threading.Thread(target=_live, daemon=True, name="llmsim-adapters-sign-of-life").start()
    atexit.register(_end)


def _sign() -> None:
    assert _process is not None
    assert _process.stdin is not None
    with suppress(OSError, ValueError):  # it has ended
        _process.stdin.write(f"{_asked}\n")
        _process.stdin.flush()


def _live() -> None:
    while True:
        time.sleep(_EVERY)
        _sign()


def _end() -> None:
    assert _process is not None
    assert _process.stdin is not None
    with suppress(OSError, ValueError, subprocess.TimeoutExpired):
        _process.stdin.close()
        _process.wait(1)
