"""`check`: mistakes in a plugin."""

from __future__ import annotations

import click

from llmsim_adapters.cli.command import Command, examples
from llmsim_adapters.cli.group import Failed
from llmsim_adapters.cli.options import format_option
from llmsim_adapters.cli.output import Wanted, emit


@click.command(
    cls=Command,
    short_help="Look for mistakes in a plugin.",
    **examples("check my_plugin.py", "check llmsim-acme"),
)
@click.argument("plugin", required=False, metavar="[PATH|DISTRIBUTION]")
@format_option
def check(plugin: str | None, wanted: Wanted) -> None:
    """Look for mistakes in a plugin: file.py, a project's folder or an installed distribution; without it, in all."""
    from llmsim_adapters.cli import check as content

    looked_at, problems = content.check(plugin)
    emit(wanted, lambda: content.document(looked_at, problems), lambda: content.data(looked_at, problems))
    if problems:
        raise Failed(f"problems found: {len(problems)}")
