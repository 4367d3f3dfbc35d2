"""Options of pictures and sound, and what an answer says of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

from llmsim_adapters.text import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from llmsim_adapters.spec.media.media import MediaItem

F = TypeVar("F", bound="Callable[..., Any]")


class Sides(click.ParamType):  # type: ignore[type-arg]  # generic in some versions
    """Integers with `x` between them, as 1080x1920."""

    name = "sides"

    def __init__(self, form: str) -> None:
        self._form, self._count = form, form.count("x") + 1

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[int, ...]:
        """Return the integers, or refuse the text."""
        if isinstance(value, tuple):
            return value
        sides = str(value).lower().replace("×", "x").split("x")
        if len(sides) != self._count or not all(side.isascii() and side.isdecimal() for side in sides):
            self.fail(f"{printable(str(value), 40)} is not of the form {self._form}", param, ctx)
        if any(len(side) > 9 for side in sides):
            self.fail(f"{printable(str(value), 40)} is larger than any picture", param, ctx)
        return tuple(map(int, sides))


_OPTIONS: Final = (
    click.option(
        "--image",
        "images",
        multiple=True,
        type=Sides("HEIGHTxWIDTH"),
        metavar="HEIGHTxWIDTH",
        help="A picture in each sequence, in pixels; once for each.",
    ),
    click.option(
        "--video",
        "videos",
        multiple=True,
        type=Sides("FRAMESxHEIGHTxWIDTH"),
        metavar="FRAMESxHEIGHTxWIDTH",
        help="A video in each sequence: the frames that are sampled.",
    ),
    click.option(
        "--audio-seconds",
        multiple=True,
        type=click.FloatRange(min=0, min_open=True, max=1e7),
        metavar="SECONDS",
        help="A sound in each sequence.",
    ),
    click.option("--preprocessed", is_flag=True, help="Sizes of media are those that the encoder gets."),
    click.option(
        "--encoder-len",
        metavar="N",
        type=click.IntRange(min=0),
        default=0,
        help="Length of the encoder's output that tokens attend to.  [default: that of the media]",
    ),
    click.option(
        "--instruction-len",
        metavar="N",
        type=click.IntRange(min=0),
        default=0,
        help="Tokens that an encoder reads of the instruction, in its own tokenizer.  [default: those beside media]",
    ),
)


def media_options(command: F) -> F:
    """Add the options that say which pictures and sounds each sequence has."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def seen(items: Iterable[MediaItem]) -> list[str]:
    """Return a line for each item: what it is given as, what the encoder sees, and the tokens that it becomes."""
    return [_line(item) for item in items]


def _line(item: MediaItem) -> str:
    given, got = (_size(item.kind, size) for size in (item.given, item.seen))
    resized = f", seen as {got}" if got != given else ""
    beside = f" and {item.text:,} beside them" if item.text else ""
    unit = "frames" if item.kind == "audio" else "patches"
    return f"{item.kind} of {given}{resized}: {item.patches:,} {unit}, {item.tokens:,} tokens{beside}"


def _size(kind: str, size: tuple[float, ...]) -> str:
    sides = " × ".join(f"{side:,}" for side in size)
    return f"{sides} s" if kind == "audio" else sides
