"""Options that several commands share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import click

from llmsim_adapters.cli.group import MISUSE, Failed

if TYPE_CHECKING:
    from collections.abc import Callable

    from llmsim_adapters.graph.schedule import Schedule

F = TypeVar("F", bound="Callable[..., Any]")

format_option = click.option(
    "--format",
    "wanted",
    type=click.Choice(["table", "json", "markdown"]),
    default="table",
    show_default=True,
    help="How standard output looks.",
)


_RANKS = tuple(
    click.option(f"--{name}-size", type=click.IntRange(min=1), default=1, show_default=True, help=text)
    for name, text in (
        ("tp", "Ranks that share the work on the same sequences."),
        ("dp", "Groups of so many ranks, each with a batch of its own."),
        ("ep", "Groups of all ranks that experts are spread over."),
    )
) + tuple(
    click.option(f"--{name}", is_flag=True, help=text)
    for name, text in (
        ("moe-tp", "Ranks with the same experts have a part of each, and not all of them."),
        ("deepep", "Tokens are sent to the ranks of their experts and back."),
        ("dense-fully-dp", "Dense feed-forward networks are whole on every rank."),
    )
)

_FORMATS = tuple(
    click.option(f"--{name}-dtype", metavar="FORMAT", help=f"{text}  [default: the checkpoint's]")
    for name, text in (
        ("weight", "Number format of all weights."),
        ("activation", "Number format of activations."),
        ("kv-cache", "Number format of cached keys and values."),
    )
)


def hub_options(command: F) -> F:
    """Add the options that say where configs may come from."""
    command = click.option("--offline", is_flag=True, help="Ask no hub at all.")(command)
    return click.option("--endpoint", metavar="URL", help="A mirror of the hub.")(command)


def model_options(command: F) -> F:
    """Add the options of the commands that answer for one model."""
    for option in reversed(
        (
            click.option("--revision", help="A branch, tag or commit of the hub's repository."),
            click.option("--builder", metavar="NAME", help="Take this builder instead of the best one."),
            click.option("--batch-size", type=click.IntRange(min=1), default=1, show_default=True),
            click.option(
                "--seq-len",
                type=click.IntRange(min=1),
                help="New tokens per sequence.  [default: 4096, in decode 1]",
            ),
            click.option(
                "--context-len",
                type=click.IntRange(min=0),
                default=0,
                show_default=True,
                help="Tokens per sequence that are cached already.",
            ),
            click.option("--mode", type=click.Choice(["extend", "decode"]), default="extend", show_default=True),
            click.option(
                "--logits",
                type=click.Choice(["last", "all"]),
                default="last",
                show_default=True,
                help="The new tokens that the head runs for.",
            ),
            click.option("--mtp/--no-mtp", help="Run the multi-token prediction stack, too.  [default: no]"),
            *_RANKS,
            *_FORMATS,
            hub_options,
            format_option,
        )
    ):
        command = option(command)
    return command


def schedule_of(seq_len: int | None, **fields: Any) -> Schedule:
    """Return the schedule that the options ask for."""
    from llmsim_adapters.graph.schedule import Schedule, ScheduleError

    try:
        return Schedule(seq_len=seq_len or 0, **fields)
    except ScheduleError as error:
        raise Failed(str(error), MISUSE) from error
