"""Where things go: data to standard output, talk to standard error."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TextIO

import click

from llmsim_adapters import streams
from llmsim_adapters.errors import AdapterError
from llmsim_adapters.text import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from llmsim_adapters.cli.document import Document

SCHEMA_VERSION: Final = 1
"""The version of the JSON output: it changes where a field goes or means something else."""

_NARROWEST: Final = 40


class Wanted(NamedTuple):
    """How an answer is to look, and the file that it goes to; None: standard output."""

    format: str
    file: str | None = None


def emit(wanted: Wanted, document: Callable[[], Document], data: Callable[[], Mapping[str, Any]]) -> None:
    """Write what a command has to say, as it is wanted."""
    if wanted.format == "json":
        text = to_json(data())
    elif wanted.format == "markdown":
        from llmsim_adapters.cli.markdown import render as render_markdown

        text = render_markdown(document())
    else:
        from llmsim_adapters.cli.terminal import PLAIN_WIDTH, render

        out = streams.data()
        terminal = wanted.file is None and out is not None and out.isatty() and os.environ.get("TERM") != "dumb"
        width = PLAIN_WIDTH
        if terminal:
            from shutil import get_terminal_size  # only a terminal has a width

            width = get_terminal_size((PLAIN_WIDTH, 24)).columns
        text = render(document(), width=max(width, _NARROWEST), terminal=terminal)
    if wanted.file is None:
        write(text)
        return
    write_file(wanted.file, text)


def write_file(name: str, text: str) -> None:
    """Write a file whole or not at all.

    Raises:
        AdapterError: it can't be written; what was there before is there still.
    """
    from llmsim_adapters.sources.whole_files import write_whole

    try:
        write_whole(name, text.encode("utf-8"))
    except OSError as error:
        message = f"{printable(name)} can't be written: {error.strerror or error}"
        raise AdapterError(message) from error


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
    except OSError as error:
        message = f"standard output can't be written: {error.strerror or error}"
        raise OSError(message) from error


def discard(stream: TextIO | None) -> None:
    """Give what is left of a stream, which Python flushes once more at exit, somewhere to go."""
    if stream is not None:
        with suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def to_json(data: Mapping[str, Any]) -> str:
    """Return a document as JSON in ASCII, so that it can't steer a terminal either."""
    import json

    return json.dumps({"schema_version": SCHEMA_VERSION, **data}, indent=2, allow_nan=False) + "\n"


def complain(message: str) -> None:
    """Write one line about an error to standard error."""
    say(f"error: {message}")


def warn(message: str) -> None:
    """Write one line to standard error about something that the reader of the data should know."""
    if not is_quiet():
        say(f"warning: {message}")


def is_quiet() -> bool:
    """Whether nothing is to be said but errors; asked in the thread of the command."""
    context = click.get_current_context(silent=True)
    return context is not None and bool(context.find_root().params.get("quiet"))


def say(line: str) -> None:
    """Write one line to standard error."""
    errors = streams.talk()
    if errors is None:
        return
    try:
        errors.write(printable(line, 5000) + "\n")
        errors.flush()
    except OSError:  # a full disk, for instance: there is nowhere to say so, but the exit code
        discard(errors)
