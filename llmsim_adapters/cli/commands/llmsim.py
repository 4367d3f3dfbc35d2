"""`llmsim`: LLMSim's own command line on any supported model."""

from __future__ import annotations

from typing import Any

import click

from llmsim_adapters.cli.command import Command, examples
from llmsim_adapters.cli.media import media_options
from llmsim_adapters.cli.options import engine_options, fields_of


@click.command(
    cls=Command,
    short_help="Run LLMSim on any supported model.",
    **examples("llmsim -- --model_path Qwen/Qwen3-8B --tp_size 2", "llmsim --optimizer -- --help"),
)
@click.option("--optimizer", is_flag=True, help="Run LLMSim's optimizer instead.")
@media_options
@engine_options
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED, metavar="[-- LLMSIM_ARGUMENTS]")
def llmsim(arguments: tuple[str, ...], optimizer: bool, **options: Any) -> None:
    """Run LLMSim on any supported model: its own command line, with configs and operators of this package.

    LLMSim is imported from where Python finds its `src`, or from the checkout that the environment variable LLMSIM_HOME
    names. Try `llmsim-adapters llmsim -- --help`.
    """
    from llmsim_adapters.cli.llmsim import run

    run(arguments, optimizer=optimizer, **fields_of(**options))
