"""The frame of the command: exit codes, and errors in one line each."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager, suppress
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final, NoReturn

import click

from llmsim_adapters import streams
from llmsim_adapters.cli.command import Command
from llmsim_adapters.cli.output import ReaderGone, complain, discard
from llmsim_adapters.cli.words import one_line
from llmsim_adapters.errors import TRACEBACK, AdapterError

if TYPE_CHECKING:
    from collections.abc import Iterable

FAILURE: Final = 1
"""The model can't be answered, or a threshold that the user set is missed."""
MISUSE: Final = 2
"""An option, a schedule, a registry or a source that can't be."""
INTERNAL: Final = 70
"""A bug of this package: never to be taken for an answer about a model."""
INTERRUPTED: Final = 130
"""As shells report a process that SIGINT ended."""
BROKEN_PIPE: Final = 141
"""As shells report a process that SIGPIPE ended: whoever read the output has had enough of it."""


@contextmanager
def _interruptible() -> Iterator[None]:
    """Take an interrupt before click does, which answers it by an empty line, wherever that goes."""
    try:
        yield
    except KeyboardInterrupt:
        errors = streams.talk()
        if errors is not None and errors.isatty():  # where `^C` stands on the line
            with suppress(OSError):
                errors.write("\n")
        raise Failed("interrupted", INTERRUPTED) from None


class Failed(Exception):
    """A command ends here, with one line about why, and an exit code."""

    def __init__(self, message: str, code: int = FAILURE) -> None:
        super().__init__(message)
        self.code = code


class Named(MutableMapping[str, click.Command]):
    """The commands of a package, each in a module of its name, which is imported when the command is asked for."""

    def __init__(self, package: str, names: Iterable[str]) -> None:
        self._package = package
        self._found: dict[str, click.Command | None] = dict.fromkeys(names)

    def __getitem__(self, name: str) -> click.Command:
        command = self._found[name]
        if command is None:
            command = self._found[name] = getattr(import_module(f"{self._package}.{name}"), name)
        return command

    def __setitem__(self, name: str, command: click.Command) -> None:
        self._found[name] = command

    def __delitem__(self, name: str) -> None:
        del self._found[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)


class Commands(click.Group):
    """A group of commands whose errors are one line on standard error, and never a traceback."""

    command_class = Command

    def main(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Run a command and exit."""
        kwargs["standalone_mode"] = False
        for stream in (sys.stdout, sys.stderr):
            if hasattr(stream, "reconfigure"):  # a terminal that has no `×` shows an escape, not a traceback
                stream.reconfigure(errors="backslashreplace")
        streams.keep_for_command(True)
        try:
            code = self._run(*args, **kwargs)
        finally:
            streams.keep_for_command(False)
        sys.exit(code)

    def make_context(self, *args: Any, **kwargs: Any) -> click.Context:
        """Read the arguments."""
        with _interruptible():
            return super().make_context(*args, **kwargs)

    def invoke(self, ctx: click.Context) -> Any:
        """Run what they ask for."""
        with _interruptible():
            return super().invoke(ctx)

    def _run(self, *args: Any, **kwargs: Any) -> int:
        try:
            code = super().main(*args, **kwargs)
        except (click.exceptions.Abort, KeyboardInterrupt):
            complain("interrupted")
            return INTERRUPTED
        except click.exceptions.NoArgsIsHelpError as error:
            if (errors := streams.talk()) is not None:
                errors.write(error.format_message() + "\n")
            return MISUSE
        except click.ClickException as error:
            context = getattr(error, "ctx", None)
            hint = "" if context is None else f" Try `{context.command_path} -h`."
            complain(one_line(error.format_message()) + hint)
            return error.exit_code
        except Failed as error:
            complain(one_line(error))
            return error.code
        except AdapterError as error:
            complain(one_line(error))
            return FAILURE
        except ReaderGone:
            discard(streams.data())
            return BROKEN_PIPE
        except OSError as error:
            discard(streams.data())
            complain(one_line(error))
            return FAILURE
        except Exception as error:
            if isinstance(error.__cause__, KeyboardInterrupt):  # as Python wraps one that falls into a class body
                complain("interrupted")
                return INTERRUPTED
            if os.environ.get(TRACEBACK):
                raise
            complain(
                f"internal error: {type(error).__name__}: {one_line(error)}; "
                f"this is a bug of llmsim-adapters ({TRACEBACK}=1 shows where)"
            )
            return INTERNAL
        return code if isinstance(code, int) else 0
