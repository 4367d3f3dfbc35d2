"""Options that several commands share."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, TypeVar

import click

from llmsim_adapters.cli.group import MISUSE, Failed
from llmsim_adapters.text import printable

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
    click.option(f"--{name}-size", f"--{name}", type=click.IntRange(min=1), default=1, show_default=True, help=text)
    for name, text in (
        ("tp", "Ranks that share the work on the same sequences."),
        ("dp", "Groups of so many ranks, each with a batch of its own."),
        ("ep", "Groups of all ranks that experts are spread over."),
    )
) + tuple(
    click.option(f"--{name}", is_flag=True, help=text)
    for name, text in (
        ("deepep", "Tokens are sent to the ranks of their experts and back."),
        ("dense-fully-dp", "Dense feed-forward networks are whole on every rank."),
    )
)

_ENGINE = (
    click.option("--engine", metavar="NAME", help="What the model runs on.  [default: sglang]"),
    click.option(
        "--engine-option", "engine_options", multiple=True, metavar="NAME=VALUE", help="An option of the engine."
    ),
    click.option(
        "--moe-tp/--no-moe-tp",
        default=None,
        help="Ranks with the same experts have a part of each, or all of them.  [default: the engine's rule]",
    ),
    click.option(
        "--redundant-experts",
        type=click.IntRange(min=0),
        default=0,
        show_default=True,
        help="Experts that are stored a second time.",
    ),
    click.option(
        "--dtype",
        default="auto",
        show_default=True,
        metavar="FORMAT",
        help="Number format of what is not quantized.",
    ),
)

_FORMATS = tuple(
    click.option(f"--{name}-dtype", metavar="FORMAT", help=f"{text}  [default: the checkpoint's]")
    for name, text in (
        ("weight", "Number format of all weights."),
        ("activation", "Number format of activations."),
        ("kv-cache", "Number format of cached keys and values."),
    )
)


class Within(click.FloatRange):
    """A number in a range, which not a number is not."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Return the number, or refuse it."""
        number = float(super().convert(value, param, ctx))
        if not math.isfinite(number):
            self.fail(f"{value} is not in the range {self._describe_range()}.", param, ctx)
        return number


def hub_options(command: F) -> F:
    """Add the options that say where configs may come from."""
    command = click.option(
        "--timeout",
        type=Within(min=0, min_open=True, max=86400),
        default=60,
        show_default=True,
        metavar="SECONDS",
        help="What all hubs together may take for a config; one with another behind it gets half.",
    )(command)
    command = click.option("--offline", is_flag=True, help="Ask no hub at all.")(command)
    return click.option("--endpoint", metavar="URL", help="A mirror of the hub.")(command)


def engine_options(command: F) -> F:
    """Add the options that LLMSim has none for."""
    prefix = click.option("--context-len", type=click.IntRange(min=0), help="Tokens of a prefill's prefix.")
    for option in reversed((*_ENGINE, *_FORMATS, prefix)):
        command = option(command)
    return command


def fields_of(engine_options: tuple[str, ...], **given: Any) -> dict[str, Any]:
    """Return the fields of a schedule that options say which LLMSim has none for, without those that say nothing."""
    fields = {name: value for name, value in given.items() if value is not None}
    return {**fields, "engine_options": dict(map(_option, engine_options))}


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
            click.option("--sglang", metavar="ARGUMENTS", help="Engine, ranks and formats in SGLang's words."),
            *_ENGINE,
            *_FORMATS,
            hub_options,
            format_option,
        )
    ):
        command = option(command)
    return command


def schedule_of(
    seq_len: int | None, engine: str | None, sglang: str | None, engine_options: tuple[str, ...], **fields: Any
) -> Schedule:
    """Return the schedule that the options ask for."""
    from llmsim_adapters.graph.schedule import Schedule, ScheduleError

    options = dict(map(_option, engine_options))
    if engine is not None:
        fields["engine"] = engine
    try:
        if sglang is None:
            return Schedule(seq_len=seq_len or 0, engine_options=options, **fields)
        plain = Schedule()
        step = {name: value for name, value in fields.items() if value != getattr(plain, name)}
        served = Schedule.from_sglang(sglang).to_dict()
        twice = [name for name in step if served[name] != getattr(plain, name)] or ["engine_option"] * bool(options)
        if twice:
            message = f"--sglang and --{twice[0].replace('_', '-')}: give one of them"
            raise Failed(message, MISUSE)
        return Schedule(**{**served, **step, "seq_len": seq_len or 0})
    except ScheduleError as error:
        raise Failed(str(error), MISUSE) from error


def _option(text: str) -> tuple[str, bool | int | str]:
    """Return the name and the value of an engine's option: true, false, an integer, or text."""
    name, equals, value = text.partition("=")
    if not name:
        message = f"--engine-option {printable(text, 80)}: expected NAME=VALUE"
        raise Failed(message, MISUSE)
    if not equals or value.lower() in ("true", "false"):
        return name, value.lower() != "false"
    return name, int(value) if value.isascii() and value.isdecimal() and len(value) < 16 else value
