"""The commands of authors of plugins: a project to begin with, its lint, what is installed, and the words to use."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from llmsim_adapters.cli.command import Command, examples
from llmsim_adapters.cli.group import MISUSE, Failed
from llmsim_adapters.cli.options import format_option, hub_options
from llmsim_adapters.cli.output import Wanted, emit, write

if TYPE_CHECKING:
    from llmsim_adapters.scaffold.project import Kind


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
