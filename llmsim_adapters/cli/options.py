"""Options that several commands share."""

from __future__ import annotations

import math
import os
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

from llmsim_adapters.cli.group import MISUSE, Failed
from llmsim_adapters.cli.media import media_options
from llmsim_adapters.cli.output import Wanted
from llmsim_adapters.text import printable

if TYPE_CHECKING:
    from collections.abc import Callable

    from llmsim_adapters.graph.schedule import Schedule

F = TypeVar("F", bound="Callable[..., Any]")

_ENDINGS: Final = {".json": "json", ".md": "markdown", ".txt": "table"}
_FILE: Final = "llmsim_adapters.output"


def _to_file(context: click.Context, parameter: click.Parameter, path: str | None) -> None:
    del parameter
    context.meta[_FILE] = path


def _wanted(context: click.Context, parameter: click.Parameter, name: str | None) -> Wanted:
    """Return the format that is asked for, or that the end of the file's name says, and the file."""
    path = context.meta.get(_FILE)
    if name is None and path is not None:
        ending = os.path.splitext(path)[1].lower()
        if ending not in _ENDINGS:
            message = f"the format of {printable(path, 80)} is not known by its end; expected one of "
            raise click.BadParameter(f"{message}{', '.join(_ENDINGS)}, or --format", context, param_hint="-o")
        name = _ENDINGS[ending]
    return Wanted(name or "table", path)


def look_option(command: F) -> F:
    """Add the option that says how the answer looks."""
    return click.option(
        "--format",
        "wanted",
        type=click.Choice(["table", "json", "markdown"]),
        callback=_wanted,
        help="How the answer looks.  [default: table, or by the end of FILE]",
    )(command)


def format_option(command: F) -> F:
    """Add the options that say how the answer looks and where it goes."""
    command = click.option(
        "-o",
        "--output",
        type=click.Path(dir_okay=False),
        metavar="FILE",
        is_eager=True,
        expose_value=False,
        callback=_to_file,
        help="Write to a file: .json, .md or .txt.",
    )(command)
    return look_option(command)


def _number_format(context: click.Context, parameter: click.Parameter, word: str | None) -> str | None:
    """Return torch's name of a format that is given in torch's, SGLang's or vLLM's words."""
    if word is None or word == "auto":
        return word if parameter.name == "dtype" else None
    from llmsim_adapters.spec.dtypes import BITS, WORDS

    name = WORDS.get(word.lower(), word.lower())
    if name not in BITS:
        from llmsim_adapters.spelling import meant

        known = (*BITS, *WORDS)
        message = f"{printable(word, 40)} is no number format{meant(word, known)}; there are {', '.join(known)}."
        raise click.BadParameter(message, context, parameter)
    return name


def completed(words: str, *, files: bool = False) -> Callable[..., list[Any]]:
    """Return the completion of an argument by a function of `completion`, which is imported when a shell asks."""

    def complete(context: click.Context, parameter: click.Parameter, begun: str) -> list[Any]:
        del context, parameter
        from llmsim_adapters.cli import completion

        return completion.items(getattr(completion, words)(), begun, files=files)

    return complete


source_argument = click.argument("source", shell_complete=completed("sources", files=True))

draft_option = click.option(
    "--draft",
    metavar="SOURCE",
    shell_complete=completed("sources", files=True),
    help="What drafts for the model on the same ranks.",
)

_RANKS = tuple(
    click.option(
        f"--{name}-size", f"--{name}", metavar="N", type=click.IntRange(min=1), default=1, show_default=True, help=text
    )
    for name, text in (
        ("tp", "Ranks that share the work on the same sequences."),
        ("dp", "Groups of --tp-size ranks, each with a batch of its own."),
        ("ep", "Groups of ranks that the experts are spread over."),
    )
)
_SPREAD = tuple(
    click.option(f"--{name}", is_flag=True, help=text)
    for name, text in (
        ("deepep", "Tokens are sent to the ranks of their experts and back."),
        ("dense-fully-dp", "Dense feed-forward networks are whole on every rank."),
    )
)

_MODEL = (
    click.option("--revision", help="A branch, tag or commit of the hub's repository."),
    click.option(
        "--builder",
        metavar="NAME",
        shell_complete=completed("builders"),
        help="Take this builder instead of the best one.",
    ),
)

_MTP = click.option("--mtp/--no-mtp", help="Run the multi-token prediction stack, too.  [default: no]")

_ENGINE = (
    click.option(
        "--engine",
        metavar="NAME",
        shell_complete=completed("engines"),
        help="What the model runs on.  [default: sglang]",
    ),
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
        metavar="N",
        type=click.IntRange(min=0),
        default=0,
        show_default=True,
        help="Experts that are stored a second time.",
    ),
    click.option(
        "--dtype",
        callback=_number_format,
        shell_complete=completed("formats"),
        default="auto",
        show_default=True,
        metavar="FORMAT",
        help="Number format of what is not quantized.",
    ),
)

_FORMATS = tuple(
    click.option(
        f"--{name}-dtype",
        callback=_number_format,
        shell_complete=completed("formats"),
        metavar="FORMAT",
        help=f"{text}  [default: the checkpoint's]",
    )
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
    prefix = click.option(
        "--context-len", metavar="N", type=click.IntRange(min=0), help="Tokens of a prefill's prefix."
    )
    for option in reversed((*_ENGINE, *_FORMATS, prefix)):
        command = option(command)
    return command


def fit_options(command: F) -> F:
    """Add the options of the command that tries layouts: those that hold for all of them."""
    for option in reversed((*_MODEL, _MTP, *_SPREAD, *_ENGINE, *_FORMATS, hub_options, format_option)):
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
            *_MODEL,
            click.option("--batch-size", metavar="N", type=click.IntRange(min=1), default=1, show_default=True),
            click.option(
                "--seq-len",
                metavar="N",
                type=click.IntRange(min=1),
                help="New tokens per sequence.  [default: 4096, in decode 1]",
            ),
            click.option(
                "--context-len",
                metavar="N",
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
            _MTP,
            media_options,
            *_RANKS,
            *_SPREAD,
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
