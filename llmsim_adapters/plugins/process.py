"""What a process has once and a plugin's code may change: put back after each call."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from typing import NamedTuple


class State(NamedTuple):
    """The environment, the current folder and the recursion limit."""

    environment: dict[str, str]
    folder: str | None
    recursion_limit: int


def state() -> State:
    """Return what they are."""
    folder = None
    with suppress(OSError):  # a folder that is gone
        folder = os.getcwd()
    return State(dict(os.environ), folder, sys.getrecursionlimit())


def put_back(before: State) -> None:
    """Make them what they were."""
    now = state()
    if now == before:
        return
    for name in now.environment.keys() - before.environment.keys():
        del os.environ[name]
    for name, value in before.environment.items():
        if now.environment.get(name) != value:
            os.environ[name] = value
    if before.folder is not None and now.folder != before.folder:
        with suppress(OSError):
            os.chdir(before.folder)
    if now.recursion_limit != before.recursion_limit:
        sys.setrecursionlimit(before.recursion_limit)
