"""`completion`: how a shell completes the command."""

from __future__ import annotations

import click

from llmsim_adapters.cli.command import Command, examples
from llmsim_adapters.cli.output import write


@click.command(
    cls=Command,
    short_help="Print how a shell completes the command.",
    **examples("completion bash >> ~/.bashrc", "completion fish > llmsim-adapters.fish"),
)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def completion(context: click.Context, shell: str) -> None:
    """Print what a SHELL is to run once, so that it completes commands, options and what they take."""
    from llmsim_adapters.cli.completion import script

    write(script(shell, context.find_root().command, "llmsim-adapters"))
