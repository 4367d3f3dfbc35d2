"""What `llmsim` does: LLMSim's own commands, in this process, on any supported model."""

from __future__ import annotations

import sys
import warnings
from importlib import import_module
from typing import TYPE_CHECKING, TextIO

from llmsim_adapters.cli.output import warn
from llmsim_adapters.llmsim import install, uninstall

if TYPE_CHECKING:
    from collections.abc import Sequence


def run(arguments: Sequence[str], *, optimizer: bool) -> None:
    """Run LLMSim's command line, or its optimizer's, which end the process by themselves where they fail.

    Raises:
        LLMSimUnavailable: LLMSim can't be imported.
    """
    install()
    command = import_module("src.optimization.cli" if optimizer else "src.main")
    before = sys.argv
    sys.argv = ["llmsim-adapters llmsim --", *arguments]
    try:
        with warnings.catch_warnings():
            warnings.showwarning = _show
            command.main()
    finally:
        sys.argv = before
        uninstall()


def _show(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,
    line: str | None = None,
) -> None:
    """Show a warning as this command does: in lines of its own, without the code that it comes from."""
    del category, filename, lineno, file, line
    for each in str(message).splitlines():
        warn(each)
