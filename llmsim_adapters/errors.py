"""Every error that this package raises on purpose."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Final

from llmsim_adapters import streams
from llmsim_adapters.dataclass import dataclass
from llmsim_adapters.text import printable

if TYPE_CHECKING:
    from collections.abc import Sequence

TRACEBACK: Final = "LLMSIM_ADAPTERS_TRACEBACK"
"""Environment variable: not empty shows where an internal error, or an error of a plugin's code, is from."""


class AdapterError(Exception):
    """The root: catch this to catch everything that this package raises on purpose."""

    def __reduce__(self) -> tuple[Any, ...]:
        return _again, (self.__class__, self.args, vars(self))


def _again(kind: type[AdapterError], args: tuple[Any, ...], attributes: dict[str, Any]) -> AdapterError:
    """Return an error that was pickled: its class may be called with something else than with what it then says."""
    error = kind.__new__(kind)
    super(AdapterError, error).__init__(*args)
    vars(error).update(attributes)
    return error


def internal(error: Exception) -> str:
    """Return as one line what this package's own code raised and should not have; `TRACEBACK` shows where it did."""
    if os.environ.get(TRACEBACK):
        import traceback

        traceback.print_exception(error, file=streams.talk())
    text = printable(str(error), 200)
    return f"{type(error).__name__}{f': {text}' if text else ''} ({TRACEBACK}=1 shows where)"


class InternalError(AdapterError):
    """This package's own code failed on a model that it claims: a bug, and a `build_error` gap of that model alone."""


class MissingExtra(AdapterError, ImportError):
    """What was called needs a package that an extra installs; the message names it."""


def need(package: str, extra: str, what: str) -> None:
    """Check that a package is installed which an extra brings, before `what` asks for it.

    Raises:
        MissingExtra: it is not.
    """
    from importlib import import_module

    try:
        import_module(package)
    except ModuleNotFoundError as error:
        message = f"{what} need {package}: pip install llmsim-adapters[{extra}]"
        raise MissingExtra(message) from error


@dataclass(frozen=True, slots=True)
class Answer:
    """What one source of configs said: `kind` is a word for programs, `message` a sentence for people."""

    source: str
    kind: str
    message: str


class ConfigUnavailable(AdapterError):
    """No source had a usable `config.json`; `answers` says what each of them said, in the order asked."""

    def __init__(self, source: str, answers: Sequence[Answer]) -> None:
        self.source = source
        self.answers = tuple(answers)
        said = "".join(f"\n  {answer.source}: {answer.message}" for answer in self.answers)
        super().__init__(f"no config.json for {printable(source)!r}{':' if said else ''}{said}")


class InvalidConfig(ConfigUnavailable):
    """A `config.json` was found, and it is not a JSON object that can be read."""
