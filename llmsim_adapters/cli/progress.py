"""A progress bar on standard error, where that is a terminal."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from llmsim_adapters import streams

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@contextmanager
def progress(what: str) -> Iterator[Callable[[int, int], None] | None]:
    """Give a function to tell how much is done, of how much; the bar goes when everything is.

    Without a terminal there is nobody to tell: None.
    """
    errors = streams.talk()
    if errors is None or not errors.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress

    console = Console(file=errors)  # its own, whatever plugins are given for standard error
    with Progress(console=console, transient=True, redirect_stdout=False, redirect_stderr=False) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
