"""`new`: the project of a plugin."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from llmsim_adapters.cli.command import Command, examples
from llmsim_adapters.cli.group import MISUSE, Failed
from llmsim_adapters.cli.options import hub_options
from llmsim_adapters.cli.output import write

if TYPE_CHECKING:
    from llmsim_adapters.scaffold.project import Kind


@click.command(
    cls=Command,
    short_help="Write the project of a plugin.",
    **examples("new llmsim-acme", "new llmsim-acme --component --folder plugins/acme"),
)
@click.argument("name")
@click.option("--folder", type=click.Path(), help="Where the project is to be.  [default: NAME]")
@click.option("--model-type", "kind", flag_value="model_type", help="A model type alone, for built-in builders.")
@click.option(
    "--builder", "kind", flag_value="builder", default="builder", help="A model type and a builder (default)."
)
@click.option("--component", "kind", flag_value="component", help="With a component of its own beside both.")
@click.option("--tower", "kind", flag_value="tower", help="A model type with a tower for pictures of its own.")
@click.option("--engine", "kind", flag_value="engine", help="An engine alone.")
@click.option(
    "--from",
    "source",
    metavar="SOURCE",
    help="Draft the dialect of this model's type, from its config and the headers of its files.",
)
@click.option("--weights", metavar="FOLDER", type=click.Path(file_okay=False), help="Where its *.safetensors are.")
@hub_options
def new(name: str, folder: str | None, kind: Kind, source: str | None, weights: str | None, **hub: Any) -> None:
    """Write the project of a plugin that passes its own tests: NAME is that of its distribution, as in llmsim-acme."""
    from llmsim_adapters.scaffold import ScaffoldError, create

    try:
        if source is None:
            files = create(name, folder, kind=kind)
        else:
            from llmsim_adapters.cli.drafting import drafted

            files = create(name, folder, draft=drafted(source, weights, hub))
    except ScaffoldError as error:
        raise Failed(str(error), MISUSE) from error
    write("".join(f"{file}\n" for file in files))
