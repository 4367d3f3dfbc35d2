"""`explain`: whether a model is supported, how large it is and what a step costs, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from llmsim_adapters.cli.command import Command, examples
from llmsim_adapters.cli.group import Failed
from llmsim_adapters.cli.models import (
    beside,
    find_draft,
    find_model,
    reason,
    refuse_misuse,
    refuse_unknown,
    refused,
    split,
    warn_of_broken_plugins,
    with_headers,
)
from llmsim_adapters.cli.options import completed, draft_option, model_options, schedule_of, source_argument
from llmsim_adapters.cli.output import Wanted, emit

if TYPE_CHECKING:
    from llmsim_adapters.cli.document import Document


@click.command(
    cls=Command,
    short_help="Is a model supported, how large is it, and why?",
    **examples("explain Qwen/Qwen3-8B", "explain deepseek-ai/DeepSeek-V3 --tp 8 --ep 8 --why weights"),
)
@source_argument
@click.option(
    "--why",
    multiple=True,
    metavar="WHAT",
    shell_complete=completed("why"),
    help="Unfold one thing: weights, kv, state, flops, moved, sent, parameters; an operator or a component; "
    "gaps, builders, config or notes.",
)
@click.option("--full", is_flag=True, help="Everything: claims, parameters, and the working of every figure.")
@draft_option
@click.option("--headers", is_flag=True, help="Of a type that nobody declared, read the headers of its files, too.")
@model_options
def explain(
    source: str,
    wanted: Wanted,
    builder: str | None,
    why: tuple[str, ...],
    full: bool,
    draft: str | None,
    headers: bool,
    **options: Any,
) -> None:
    """Say of one model whether it is supported, how large it is and what a step costs, and why.

    JSON always holds everything.
    """
    from llmsim_adapters.cli import short
    from llmsim_adapters.errors import ConfigUnavailable
    from llmsim_adapters.evaluated import BuildError
    from llmsim_adapters.graph.schedule import ScheduleError
    from llmsim_adapters.loading import not_found

    options, hub = split(options)
    schedule = schedule_of(**options)
    working = graph = None
    failure: Exception | None = None
    drafting = find_draft(draft, hub)
    try:
        model = find_model(source, hub)
        if headers:
            model = with_headers(model, hub)
    except ConfigUnavailable as error:
        refuse_misuse(error)
        answer, failure = not_found(error), error
    else:
        answer = model.coverage
        refuse_unknown(builder, model)
        try:
            if full or why or wanted.format == "json":
                working = model.explain(schedule, builder, draft=drafting)
            else:  # a graph without formulas is made in half the time
                graph = model.build(schedule, builder, draft=drafting)
        except ScheduleError as error:
            failure = refused(error, schedule)
        except BuildError as error:
            failure = reason(error, builder)
    used = None if working is None else builder or answer.builder

    def document() -> Document:
        title = beside(source, draft)
        if why:
            from llmsim_adapters.cli.why import document as unfolded

            return unfolded(title, answer, schedule, working, why)
        if full:
            from llmsim_adapters.cli.explain import document as whole

            return whole(title, answer, schedule, working)
        return short.document(title, answer, schedule, graph)

    def data() -> dict[str, Any]:
        from llmsim_adapters.cli.explain import data as of_json

        return of_json(source, answer, schedule, used, working)

    warn_of_broken_plugins()
    emit(wanted, document, data)
    if failure is not None:
        raise Failed(str(failure)) from failure
