"""`schema`: the JSON schemas of the outputs."""

from __future__ import annotations

import click

from llmsim_adapters.cli.command import Command, examples
from llmsim_adapters.cli.options import completed
from llmsim_adapters.cli.output import write


@click.command(
    cls=Command,
    short_help="Print the JSON schema of an output.",
    **examples("schema", "schema explanation"),
)
@click.argument("name", required=False, metavar="[NAME]", shell_complete=completed("schemas"))
def schema(name: str | None) -> None:
    """Print the JSON schema of an output.

    NAME is report, explanation, graph, builders, comparison, fit, census, plugins, check or names, which
    `--format json` writes, or a part of them: coverage or working. Without it, all of them.
    """
    import json

    from llmsim_adapters.documents import SCHEMAS, schema_of

    if name is not None and name not in SCHEMAS:
        from llmsim_adapters.spelling import meant

        raise click.UsageError(f"no schema {name!r}{meant(name, SCHEMAS)}; there are {', '.join(SCHEMAS)}")
    found = schema_of(name) if name else {each: schema_of(each) for each in SCHEMAS}
    write(json.dumps(found, indent=2) + "\n")
