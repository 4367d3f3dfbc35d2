"""`llmsim-adapters census`: any number of configs, into a file of rows, and what they come to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import click

from llmsim_adapters.cli.command import Command, examples
from llmsim_adapters.cli.document import Cell, Document, Section, section, table
from llmsim_adapters.cli.group import MISUSE, Failed
from llmsim_adapters.cli.models import warn_of_broken_plugins
from llmsim_adapters.cli.options import hub_options, look_option
from llmsim_adapters.cli.output import Wanted, emit
from llmsim_adapters.cli.words import percent, support

if TYPE_CHECKING:
    from collections.abc import Iterable

    from llmsim_adapters.censuses.result import Census
    from llmsim_adapters.censuses.summary import Tally

_SHOWN: Final = 20


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


def document(found: Census) -> Document:
    """Return the sums: by status, by evidence, by cause and by type."""
    weight = found.weight
    sections: list[Section] = [
        section(
            "",
            table(
                f"Status|>Configs|>|>{_weighed(weight)}|>",
                _tallies(((support(name), tally) for name, tally in found.statuses.items()), found.total, weight),
            ),
            *_remarks(found),
        ),
        section(
            "By evidence",
            table(
                f"Evidence|>Configs|>|>{_weighed(weight)}|>",
                _tallies(((Cell(name), tally) for name, tally in found.evidence.items()), found.total, weight),
            ),
        ),
    ]
    if causes := found.causes:
        sections.append(
            section(
                "What holds configs back",
                table(
                    f"Cause|Which is|>Configs|>Alone|>{_weighed(weight)}|>Alone |Such as",
                    (
                        (
                            cause.name,
                            cause.meaning,
                            f"{cause.models:,}",
                            f"{cause.alone:,}",
                            _amount(cause.weight) if weight else "",
                            _amount(cause.weight_alone) if weight else "",
                            cause.examples[0] if cause.examples else "",
                        )
                        for cause in causes[:_SHOWN]
                    ),
                ),
                *_more(len(causes)),
            )
        )
    lacking = [each for each in found.types if each.fully < each.models]
    if lacking:
        sections.append(
            section(
                "Model types that are not fully supported",
                table(
                    f"Type|>Configs|>Fully|>{_weighed(weight)}|>Fully ",
                    (
                        (
                            each.name,
                            f"{each.models:,}",
                            f"{each.fully:,}",
                            _amount(each.weight) if weight else "",
                            _amount(each.weight_fully) if weight else "",
                        )
                        for each in lacking[:_SHOWN]
                    ),
                ),
                *_more(len(lacking)),
            )
        )
    return Document(f"Census of {found.total.models:,} configs: {found.output}", tuple(sections))


def _tallies(
    named: Iterable[tuple[Cell, Tally]], total: Tally, weight: str | None
) -> Iterable[tuple[str | Cell, str, str, str, str]]:
    for cell, tally in named:
        if tally.models:
            yield (
                cell,
                f"{tally.models:,}",
                _share(tally.models, total.models),
                _amount(tally.weight) if weight else "",
                _share(tally.weight, total.weight) if weight else "",
            )


def _remarks(found: Census) -> Iterable[Cell]:
    if found.errors:
        yield Cell(f"{found.errors:,} rows have an error: configs that can't be had or read", "quiet")
    if found.weight and found.unweighed:
        yield Cell(f"{found.unweighed:,} configs have no {found.weight}, and weigh nothing", "quiet")


def _more(count: int) -> Iterable[Cell]:
    if count > _SHOWN:
        yield Cell(f"and {count - _SHOWN:,} more (JSON has them)", "quiet")


def _weighed(weight: str | None) -> str:
    return (weight or "Weight").replace("|", "/")


def _amount(value: float) -> str:
    return f"{value:,}" if isinstance(value, int) else f"{value:,.1f}"


def _share(part: float, whole: float) -> str:
    return percent(100.0 * part / whole) if whole else ""
