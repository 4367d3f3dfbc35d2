"""`plugins`: what each plugin brings, and what is wrong with it."""

from __future__ import annotations

import click

from llmsim_adapters.cli.command import Command, examples
from llmsim_adapters.cli.options import format_option
from llmsim_adapters.cli.output import Wanted, emit


@click.command(
    cls=Command,
    short_help="What each plugin brings, and what is wrong with it.",
    **examples("plugins", "plugins --format json -o plugins.json"),
)
@format_option
def plugins(wanted: Wanted) -> None:
    """List the plugins, what each brings, the hooks that it implements, and conflicts and faults."""
    from llmsim_adapters.cli.plugins import data, document
    from llmsim_adapters.plugins.manager import registered

    said = data(registered())
    emit(wanted, lambda: document(said), lambda: said)
