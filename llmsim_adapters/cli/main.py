"""The command `llmsim-adapters`.

Data goes to standard output, talk to standard error. Exit codes: 0 for an answer; 1 where the model can't be
answered, or where a threshold that the user set is missed; 2 for misuse: options, a schedule, a registry, a builder's
name or a source that can't be. What each command needs is imported when it runs, and the command itself when it is
named.
"""

from __future__ import annotations

from typing import Final

import click

from llmsim_adapters import __version__
from llmsim_adapters.cli.group import Commands, Named

COMMANDS: Final = (
    *("build", "builders", "census", "check", "compare", "completion", "coverage", "explain", "fit", "llmsim"),
    *("names", "new", "plugins", "prove", "registry", "schema"),
)
"""Each stands in a module of its name."""


def _show_settings(context: click.Context, parameter: click.Parameter, value: bool) -> None:
    del parameter
    if value:
        from llmsim_adapters.cli import settings

        settings.show()
        context.exit()


@click.group(
    cls=Commands,
    commands=Named("llmsim_adapters.cli.commands", COMMANDS),
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.option("-q", "--quiet", is_flag=True, help="Print no warnings.")
@click.option("--no-config", is_flag=True, help="Ignore llmsim-adapters.toml and pyproject.toml.")
@click.option(
    "--show-config",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_show_settings,
    help="Show what these files set here, and exit.",
)
@click.option("--plugin", "tried", multiple=True, metavar="PATH", help="Try a plugin: file.py, or a project's folder.")
@click.version_option(__version__, "--version", message="%(prog)s %(version)s", prog_name="llmsim-adapters")
@click.pass_context
def main(context: click.Context, quiet: bool, no_config: bool, tried: tuple[str, ...] = ()) -> None:
    """Which LLMSim builder can model a Hugging Face config, which gaps remain, and the operator graph.

    A SOURCE is the path of a config.json or of its folder, org/name, huggingface.co/org/name or
    modelscope.cn/org/name.

    Exit codes: 0 answered, 1 not answered or below a threshold, 2 misuse.
    """
    del quiet  # which `warn` heeds
    if not no_config:
        from llmsim_adapters.cli import settings

        command = context.invoked_subcommand or ""
        if (found := settings.found()) is not None and command in main.commands:
            names = {str(each.name) for each in main.commands[command].params}
            context.default_map = {command: settings.defaults(found, names)}
    for path in tried:
        from llmsim_adapters.cli.models import try_plugin

        try_plugin(path)
