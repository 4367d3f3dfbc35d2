"""`census`: any number of configs, into a file of rows."""

from __future__ import annotations

import click

from llmsim_adapters.cli.command import Command, examples
from llmsim_adapters.cli.group import MISUSE, Failed
from llmsim_adapters.cli.models import warn_of_broken_plugins
from llmsim_adapters.cli.options import hub_options, look_option
from llmsim_adapters.cli.output import Wanted, emit


@click.command(
    cls=Command,
    short_help="Evaluate any number of configs into a file.",
    **examples("census ./configs -o rows.parquet", "census hub.jsonl -o rows.csv --weight downloads --workers 8"),
)
@click.argument("sources", nargs=-1, required=True, metavar="SOURCE...")
@click.option(
    "-o",
    "--output",
    "rows",
    type=click.Path(dir_okay=False),
    required=True,
    metavar="FILE",
    help="Where the rows go: .parquet, .jsonl or .csv.",
)
@click.option("--weight", metavar="COLUMN", help="The column that configs are weighed by, downloads say.")
@click.option("--config-column", metavar="COLUMN", default="config", show_default=True, help="Has the config.")
@click.option("--id-column", metavar="COLUMN", help="Has the id.  [default: id, modelId, model_id, repo_id or name]")
@click.option(
    "--workers", metavar="N", type=click.IntRange(min=1), default=1, show_default=True, help="Processes that evaluate."
)
@click.option("--anew", is_flag=True, help="Drop what a run that was killed has done, instead of going on with it.")
@hub_options
@look_option
def census(
    sources: tuple[str, ...],
    rows: str,
    weight: str | None,
    config_column: str,
    id_column: str | None,
    workers: int,
    anew: bool,
    offline: bool,
    endpoint: str | None,
    timeout: float,
    wanted: Wanted,
) -> None:
    """Evaluate any number of configs, as a stream, into a file with a row for each.

    A SOURCE is a folder of configs; a file of JSON lines or of ids (.jsonl, .txt; - is standard input); a .parquet or
    .arrow file with a column `config`; a registry; a config.json; or org/name. A line of JSON is a config, or a record
    with `config` and `id`. A run that was killed is gone on with by the same command. What is wrong with a config is
    in its row.
    """
    from llmsim_adapters.censuses.census import census as take
    from llmsim_adapters.censuses.item import CensusError
    from llmsim_adapters.cli.census import document
    from llmsim_adapters.cli.progress import counting
    from llmsim_adapters.errors import MissingExtra
    from llmsim_adapters.registries.registry import RegistryError

    columns = {"config": config_column, **({"id": id_column} if id_column else {})}
    try:
        with counting("configs") as told:
            found = take(
                sources,
                rows,
                weight=weight,
                columns=columns,
                workers=workers,
                anew=anew,
                endpoint=endpoint,
                offline=offline,
                timeout=timeout,
                progress=told,
            )
    except (CensusError, RegistryError, MissingExtra) as error:
        raise Failed(str(error), MISUSE) from error
    warn_of_broken_plugins()
    emit(wanted, lambda: document(found), found.to_dict)
