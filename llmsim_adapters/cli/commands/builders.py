"""`builders`: what is installed."""

from __future__ import annotations

import click

from llmsim_adapters.cli.command import Command, examples
from llmsim_adapters.cli.group import MISUSE, Failed
from llmsim_adapters.cli.options import completed, format_option
from llmsim_adapters.cli.output import Wanted, emit


@click.command(
    cls=Command,
    short_help="What is installed, and what is broken.",
    **examples("builders", "builders qwen3_moe"),
)
@click.argument("name", required=False, metavar="[NAME]", shell_complete=completed("builders"))
@format_option
def builders(name: str | None, wanted: Wanted) -> None:
    """List the builders, the engines and the plugins that are broken.

    With the NAME of a builder or an engine: what it needs and models. JSON always has all of it.
    """
    from llmsim_adapters.api import builders as installed
    from llmsim_adapters.cli.builders import data, document

    found = installed()
    known = [*(entry.name for entry in found.registered), *(entry.name for entry in found.engines)]
    if name is not None and name not in known:
        from llmsim_adapters.spelling import meant

        raise Failed(f"no builder or engine {name!r}{meant(name, known)}; there are {', '.join(known)}", MISUSE)
    emit(wanted, lambda: document(found, name), lambda: data(found))
