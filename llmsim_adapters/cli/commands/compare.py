"""`compare`: what differs between models, layouts or revisions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from llmsim_adapters.cli.command import Command, examples
from llmsim_adapters.cli.group import MISUSE, Failed
from llmsim_adapters.cli.models import find_model, reason, refuse_misuse, refuse_unknown, split, warn_of_broken_plugins
from llmsim_adapters.cli.options import completed, model_options, schedule_of
from llmsim_adapters.cli.output import Wanted, emit
from llmsim_adapters.cli.words import one_line

if TYPE_CHECKING:
    from llmsim_adapters.cli.asked import Asked
    from llmsim_adapters.cli.compare import Side


@click.command(
    cls=Command,
    short_help="What differs between models, layouts or revisions?",
    **examples(
        "compare Qwen/Qwen3-8B google/gemma-2-9b",
        "compare Qwen/Qwen3-30B-A3B@tp=4 Qwen/Qwen3-30B-A3B@tp=8,ep=8",
    ),
)
@click.argument(
    "sources", nargs=-1, required=True, metavar="SOURCE[@WORDS]...", shell_complete=completed("sources", files=True)
)
@click.option("--all", "everything", is_flag=True, help="Rows that are alike, too.")
@click.option("--exit-code", is_flag=True, help="Exit 1 where something differs.")
@model_options
def compare(
    sources: tuple[str, ...],
    everything: bool,
    exit_code: bool,
    wanted: Wanted,
    builder: str | None,
    **options: Any,
) -> None:
    """Say what differs between models, with ratios to the first.

    Behind an @ stand a revision and what one model's schedule has of its own: org/name@v2, org/name@tp=4,
    org/name@main,tp=8,ep=8,kv=fp8,context=32k. What the options say holds for all.
    """
    from llmsim_adapters.cli.asked import asked
    from llmsim_adapters.cli.compare import data, differences, document

    if len(sources) < 2:
        raise click.UsageError("expected two models or more; SOURCE@tp=8 is one under a schedule of its own")
    options, hub = split(options)
    models: dict[tuple[str, str | None], Any] = {}
    sides = [_side(asked(text), options, hub, builder, models) for text in sources]
    warn_of_broken_plugins()
    emit(wanted, lambda: document(sides, everything=everything), lambda: data(sides))
    failed = [f"{side.asked.text}: {side.reason}" for side in sides if side.reason]
    if failed:
        raise Failed("; ".join(failed))
    if exit_code and (found := differences(sides)):
        raise Failed(f"they differ in {', '.join(found)}")


def _side(
    what: Asked,
    options: dict[str, Any],
    hub: dict[str, Any],
    builder: str | None,
    models: dict[tuple[str, str | None], Any],
) -> Side:
    """Return one side of a comparison; `models` are those that were found before."""
    from llmsim_adapters.cli.compare import Side
    from llmsim_adapters.errors import ConfigUnavailable
    from llmsim_adapters.evaluated import BuildError
    from llmsim_adapters.graph.schedule import ScheduleError
    from llmsim_adapters.loading import not_found

    schedule = schedule_of(**{**options, **what.fields})
    revision = what.revision or hub["revision"]
    what = what._replace(revision=revision)
    key = what.source, revision
    try:
        if key not in models:
            models[key] = find_model(what.source, {**hub, "revision": revision})
    except ConfigUnavailable as error:
        refuse_misuse(error)
        return Side(what, schedule, not_found(error), None, one_line(error))
    model = models[key]
    refuse_unknown(builder, model)
    try:
        return Side(what, schedule, model.coverage, model.build(schedule, builder))
    except ScheduleError as error:
        raise Failed(f"{what.text}: {error}", MISUSE) from error
    except BuildError as error:
        return Side(what, schedule, model.coverage, None, one_line(reason(error, builder)))
