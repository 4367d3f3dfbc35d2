"""Where things go: data to standard output, talk to standard error."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING, Any, Final

from llmsim_adapters import streams
from llmsim_adapters.text import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from llmsim_adapters.cli.document import Document

SCHEMA_VERSION: Final = 1
"""The version of the JSON output: it changes where a field goes or means something else."""

_NARROWEST: Final = 40


def emit(wanted: str, document: Callable[[], Document], data: Callable[[], Mapping[str, Any]]) -> None:
    """Write what a command has to say to standard output, in the format that is wanted."""
    if wanted == "json":
        text = to_json(data())
    elif wanted == "markdown":
        from llmsim_adapters.cli.markdown import render as render_markdown

        text = render_markdown(document())
    else:
        from llmsim_adapters.cli.terminal import PLAIN_WIDTH, render

        out = streams.data()
        terminal = out is not None and out.isatty() and os.environ.get("TERM") != "dumb"
        width = shutil.get_terminal_size((PLAIN_WIDTH, 24)).columns if terminal else PLAIN_WIDTH
        text = render(document(), width=max(width, _NARROWEST), terminal=terminal)
    write(text)


class ReaderGone(Exception):
    """Whoever read standard output has had enough of it. No OSError: click has its own way with those."""


def write(text: str) -> None:
    """Write to standard output, all of it now.

    Raises:
        ReaderGone: nobody reads it any more.
        OSError: it can't be written to.
    """
    out = streams.data()
    if out is None:  # closed before the process began
        message = "standard output is closed"
        raise OSError(message)
    try:
        out.write(text)
        out.flush()
    except BrokenPipeError as error:
        raise ReaderGone from error


def to_json(data: Mapping[str, Any]) -> str:
    """Return a document as JSON in ASCII, so that it can't steer a terminal either."""
    import json

    return json.dumps({"schema_version": SCHEMA_VERSION, **data}, indent=2, allow_nan=False) + "\n"


def complain(message: str) -> None:
    """Write one line about an error to standard error."""
    _say(f"error: {message}")


def warn(message: str) -> None:
    """Write one line to standard error about something that the reader of the data should know."""
    _say(f"warning: {message}")


def _say(line: str) -> None:
    errors = streams.talk()
    if errors is not None:
        errors.write(printable(line, 5000) + "\n")
        errors.flush()
