"""Media in a step: which encoder runs which items of a schedule, and on how many rows each of its parts runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from llmsim_adapters.graph.schedule import DECODES_MEDIA, ScheduleError
from llmsim_adapters.spec.media.media import Unfit, run

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmsim_adapters.graph.schedule import Schedule
    from llmsim_adapters.spec.media.media import Kind, Media, MediaItem, Run
    from llmsim_adapters.spec.model import ModelSpec

_FIELDS: Final[tuple[tuple[str, Kind, str], ...]] = (
    ("images", "image", "pictures"),
    ("videos", "video", "videos"),
    ("audio_seconds", "audio", "sound"),
)
"""The fields of a schedule that have media, the kind of their items, and what they are called."""


def kinds(schedule: Schedule) -> set[Kind]:
    """Return the kinds of media that a schedule has."""
    return {kind for field, kind, _ in _FIELDS if getattr(schedule, field)}


def runs(spec: ModelSpec, schedule: Schedule) -> dict[str, Run]:
    """Return what each encoder of a model runs for the media of one sequence, by the name of its stack.

    Raises:
        ScheduleError: the model has no encoder for some of them, what that runs is not modelled, a size is one that
            the model's processor refuses, or a sequence is shorter than its media.
    """
    if schedule.mode == "decode":
        raise ScheduleError(DECODES_MEDIA)
    for field, kind, name in _FIELDS:
        if getattr(schedule, field) and not any(stack.media and kind in stack.media.takes for stack in spec.stacks):
            message = f"schedule field `{field}` is given; {_unheard(spec, kind, name)}"
            raise ScheduleError(message)
    ran = {stack.name: found for stack in spec.stacks if (found := _run(stack.media, schedule)) is not None}
    needed = sum(item.length for each in ran.values() for item in each.items if not each.media.source)
    among = sum(each.count("attended") for each in ran.values() if each.media.source)
    if 0 < schedule.encoder_len < among:
        said = f"schedule field `encoder_len` is {schedule.encoder_len}"
        message = f"{said}; the media of a sequence need {among:,} of its words"
        raise ScheduleError(message)
    if schedule.seq_len < needed:
        message = (
            f"schedule field `seq_len` is {schedule.seq_len}; the media of a sequence need {needed:,} tokens of it"
        )
        raise ScheduleError(message)
    for name, found in ran.items():
        if found.media.instructed:
            words = _instruction(schedule, schedule.seq_len - needed, found.media.instructed)
            ran[name] = _run(found.media.beside(words), schedule) or found
    return ran


def _instruction(schedule: Schedule, others: int, most: int) -> int:
    """Return how many tokens of the instruction an encoder reads: by default the `others` of a sequence, or its `most`.

    Raises:
        ScheduleError: the schedule says more than the encoder has positions for.
    """
    said = schedule.instruction_len
    if said > most:
        message = f"schedule field `instruction_len` is {said}; this model's encoder has positions for {most:,} of them"
        raise ScheduleError(message)
    return said or others


def _run(media: Media | None, schedule: Schedule) -> Run | None:
    """Return what an encoder runs by its rule for the media of one sequence; None: it takes none of them."""
    if media is None:
        return None
    items = [
        item
        for field, kind, _ in _FIELDS
        if kind in media.takes
        for item in _seen(media, field, kind, getattr(schedule, field), schedule.preprocessed)
    ]
    return run(media, items) if items else None


def _seen(
    media: Media, field: str, kind: Kind, given: tuple[float | tuple[int, ...], ...], preprocessed: bool
) -> Iterator[MediaItem]:
    for size in given:
        item = size if isinstance(size, tuple) else (size,)
        try:
            yield media.among(len(given)).see(kind, item, preprocessed)
        except Unfit as unfit:
            shown = " × ".join(f"{side:,}" for side in item)
            message = f"schedule field `{field}` has {shown}; {unfit}"
            raise ScheduleError(message) from unfit


def _unheard(spec: ModelSpec, kind: Kind, name: str) -> str:
    """Return why a model has no use for media of a kind."""
    axis = "frames" if kind == "audio" else "patches"
    if any(stack.axis == axis and stack.streams_rows for stack in spec.stacks):
        return f"each token of this model comes with {name}, which its encoder runs on in every step"
    if any(stack.axis == axis and stack.media is None for stack in spec.stacks):
        return f"what this model's encoder runs on {name} is not modelled"
    return f"the model has no encoder of {name} that is modelled"
