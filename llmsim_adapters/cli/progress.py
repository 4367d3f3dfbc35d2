"""A progress bar on standard error, where that is a terminal."""

from __future__ import annotations

from collections import deque
from contextlib import ExitStack, contextmanager
from threading import Lock
from typing import TYPE_CHECKING, Any, NamedTuple

from llmsim_adapters import streams
from llmsim_adapters.cli.output import is_quiet, say
from llmsim_adapters.text import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class Bar(NamedTuple):
    """What is told to a bar: how much is done, of how much; and what is waited for. None where nobody looks."""

    told: Callable[[int, int], None] | None = None
    waiting: Callable[[str], None] | None = None
    says: Callable[[str], None] | None = None
    """Writes a line above the bar, or where there is none."""


@contextmanager
def progress(what: str) -> Iterator[Bar]:
    """Give a bar to tell, from any thread; it shows at the first word, and goes when everything is done.

    Without a terminal there is nobody to tell.
    """
    errors = streams.talk()
    if errors is None or not errors.isatty():
        yield Bar(says=None if is_quiet() else say)
        return
    with ExitStack() as stack:
        shown: list[Any] = []
        lock = Lock()

        def update(**fields: Any) -> None:
            from rich.console import Console
            from rich.progress import Progress

            with lock:
                if not shown:
                    console = Console(file=errors)  # its own, whatever plugins are given for standard error
                    bar = Progress(console=console, transient=True, redirect_stdout=False, redirect_stderr=False)
                    shown.append(stack.enter_context(bar))
                    shown[0].add_task(what, total=None)
            shown[0].update(shown[0].task_ids[0], **fields)

        def told(done: int, total: int) -> None:
            update(completed=done, total=total)

        def waiting(hub: str) -> None:
            from rich.markup import escape

            update(description=escape(f"{what}: waiting for {printable(hub)}"))

        def says(line: str) -> None:
            if shown:
                from rich.markup import escape

                shown[0].console.print(escape(printable(line)), highlight=False)
            else:
                say(line)

        yield Bar(told, waiting, None if is_quiet() else says)


@contextmanager
def counting(what: str) -> Iterator[Callable[[int], None] | None]:
    """Give what is told how many are done, of a number that nobody knows, and shows that with a rate.

    Without a terminal there is nobody to tell.
    """
    errors = streams.talk()
    if errors is None or not errors.isatty():
        yield None
        return
    import time

    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    console = Console(file=errors)
    with Progress(*columns, console=console, transient=True, redirect_stdout=False, redirect_stderr=False) as bar:
        task = bar.add_task(what, total=None)
        seen: deque[tuple[float, int]] = deque(maxlen=50)

        def told(done: int) -> None:
            seen.append((time.monotonic(), done))
            (first, before), (last, now) = seen[0], seen[-1]
            rate = f", {(now - before) / (last - first):,.0f} a second" if last > first else ""
            bar.update(task, completed=done, description=f"{done:,} {what}{rate}")

        yield told
