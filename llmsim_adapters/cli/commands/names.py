"""`names`: the words that a plugin is written with."""

from __future__ import annotations

import click

from llmsim_adapters.cli.command import Command, examples
from llmsim_adapters.cli.options import format_option
from llmsim_adapters.cli.output import Wanted, emit


@click.command(
    cls=Command,
    short_help="The words that a plugin is written with.",
    **examples("names", "names --format markdown -o names.md"),
)
@format_option
def names(wanted: Wanted) -> None:
    """List the words that a plugin is written with: canonical parameters, features, components and their fields."""
    from llmsim_adapters.cli.names import data, document
    from llmsim_adapters.plugins.manager import registered

    said = data(registered())
    emit(wanted, lambda: document(said), lambda: said)
