"""`fit`: how many sequences fit on how many accelerators."""

from __future__ import annotations

from typing import Any

import click

from llmsim_adapters.cli.command import Command, examples
from llmsim_adapters.cli.group import MISUSE, Failed
from llmsim_adapters.cli.models import (
    beside,
    find_draft,
    find_model,
    reason,
    refuse_misuse,
    refuse_unknown,
    split,
    warn_of_broken_plugins,
)
from llmsim_adapters.cli.options import completed, draft_option, fields_of, fit_options, source_argument
from llmsim_adapters.cli.output import Wanted, emit


@click.command(
    cls=Command,
    short_help="How many sequences fit on how many accelerators?",
    **examples(
        "fit Qwen/Qwen3-30B-A3B --gpu H100-80GB --gpus 1,2,4",
        "fit Qwen/Qwen3-8B --memory 48GiB --want batch=64,context=32k",
    ),
)
@source_argument
@click.option("--gpu", metavar="NAME", shell_complete=completed("accelerators"), help="The accelerator, as H100-80GB.")
@click.option("--memory", metavar="SIZE", help="Or the memory of one, as 96GiB.")
@click.option("--gpus", metavar="N,N…", default="1,2,4,8", show_default=True, help="How many there are.")
@click.option(
    "--context", metavar="N,N…", default="4k,32k,128k", show_default=True, help="Lengths of sequences in tokens."
)
@click.option(
    "--utilization",
    type=click.FloatRange(0, 1, min_open=True),
    metavar="PART",
    default=0.9,
    show_default=True,
    help="The part of memory that weights, caches and states may take.",
)
@click.option("--want", metavar="batch=N,context=N", help="Show the fewest accelerators that hold so much.")
@draft_option
@click.option("--plot", is_flag=True, help="Draw what weights and one sequence take of the memory, too.")
@fit_options
def fit(
    source: str,
    gpu: str | None,
    memory: str | None,
    gpus: str,
    context: str,
    utilization: float,
    want: str | None,
    draft: str | None,
    plot: bool,
    wanted: Wanted,
    builder: str | None,
    engine_options: tuple[str, ...],
    **options: Any,
) -> None:
    """Say how many sequences fit beside the weights, for every layout over so many accelerators.

    Memory only, and of it weights, caches and states: no activations, no time.
    """
    from llmsim_adapters.cli import fit as content
    from llmsim_adapters.errors import ConfigUnavailable
    from llmsim_adapters.evaluated import BuildError
    from llmsim_adapters.fit.accelerators import FitError, accelerator, memory_of
    from llmsim_adapters.graph.schedule import ScheduleError

    if (gpu is None) == (memory is None):
        raise click.UsageError("expected --gpu NAME or --memory SIZE, one of them")
    asked = None if want is None else content.want(want)
    contexts = content.numbers(context, "context", word="max")
    if asked is not None:
        contexts = sorted({*contexts, asked.context})
    options, hub = split(options)
    fields = fields_of(engine_options, **options)
    try:
        amount = memory_of(memory) if memory is not None else accelerator(str(gpu)).name
        model = find_model(source, hub)
        drafting = find_draft(draft, hub)
        refuse_unknown(builder, model)
        found = model.fit(
            amount,
            gpus=content.numbers(gpus, "gpus"),
            contexts=contexts or [4096],
            utilization=utilization,
            builder=builder,
            draft=drafting,
            **fields,
        )
    except ConfigUnavailable as error:
        refuse_misuse(error)
        raise
    except (FitError, ScheduleError) as error:
        raise Failed(str(error), MISUSE) from error
    except BuildError as error:
        raise reason(error, builder) from error
    warn_of_broken_plugins()
    used = builder or model.coverage.builder or ""
    emit(
        wanted,
        lambda: content.document(beside(source, draft), found, asked, plot=plot),
        lambda: content.data(source, used, found, asked),
    )
    if asked is not None and not found.smallest(*asked):
        raise Failed(f"none of the layouts holds {asked.batch:,} sequences of {asked.context:,} tokens")
