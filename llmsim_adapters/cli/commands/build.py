"""`build`: the operator graph of one rank."""

from __future__ import annotations

from typing import Any

import click

from llmsim_adapters.cli.command import Command, examples
from llmsim_adapters.cli.models import (
    beside,
    failures,
    find_draft,
    find_model,
    reason,
    refuse_misuse,
    refuse_unknown,
    refused,
    split,
    warn_of_broken_plugins,
)
from llmsim_adapters.cli.options import draft_option, model_options, schedule_of, source_argument
from llmsim_adapters.cli.output import Wanted, emit, warn


@click.command(
    cls=Command,
    short_help="Operators, transfers, caches and weights of one rank.",
    **examples(
        "build Qwen/Qwen3-8B --mode decode --context-len 8191",
        "build deepseek-ai/DeepSeek-V3 --tp 8 --ep 8 -o graph.json",
    ),
)
@source_argument
@click.option("--weights", is_flag=True, help="List every tensor, too; JSON always does.")
@draft_option
@model_options
def build(source: str, wanted: Wanted, builder: str | None, weights: bool, draft: str | None, **options: Any) -> None:
    """Build the operator graph of one model, for one rank: operators, transfers, totals, caches and weights."""
    from llmsim_adapters.cli import build as content
    from llmsim_adapters.errors import ConfigUnavailable
    from llmsim_adapters.evaluated import BuildError
    from llmsim_adapters.graph.schedule import ScheduleError

    options, hub = split(options)
    schedule = schedule_of(**options)
    drafting = find_draft(draft, hub)
    try:
        model = find_model(source, hub)
    except ConfigUnavailable as error:
        refuse_misuse(error)
        raise
    refuse_unknown(builder, model)
    try:
        graph = model.build(schedule, builder, draft=drafting)
    except ScheduleError as error:
        raise refused(error, schedule) from error
    except BuildError as error:
        raise reason(error, builder) from error
    if graph.gaps:
        names = ", ".join(gap.name for gap in graph.gaps)
        warn(f"builder {graph.builder} models this in part; left out or in doubt: {names}")
    for note in graph.notes:
        warn(note)
    for failure in failures(model):
        warn(failure)
    warn_of_broken_plugins()
    emit(
        wanted,
        lambda: content.document(beside(source, draft), model.coverage, graph, weights=weights),
        lambda: content.data(source, model.coverage, graph),
    )
