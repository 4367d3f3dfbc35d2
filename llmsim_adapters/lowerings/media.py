"""Media in a step: which encoder runs which items of a schedule, and on how many rows each of its parts runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from llmsim_adapters.graph.schedule import DECODES_MEDIA, ScheduleError
from llmsim_adapters.spec.components import Norm
from llmsim_adapters.spec.media.media import Unfit, run

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmsim_adapters.graph.schedule import Schedule
    from llmsim_adapters.spec.components import Component
    from llmsim_adapters.spec.media.media import Kind, Media, MediaItem, Run
    from llmsim_adapters.spec.model import ModelSpec, Stack

_FIELDS: Final[tuple[tuple[str, Kind, str], ...]] = (
    ("images", "image", "pictures"),
    ("videos", "video", "videos"),
    ("audio_seconds", "audio", "sound"),
)
"""The fields of a schedule that have media, the kind of their items, and what they are called."""


def runs(spec: ModelSpec, schedule: Schedule) -> dict[str, Run]:
    """Return what each encoder of a model runs for the media of one sequence, by the name of its stack.

    Raises:
        ScheduleError: the model has no encoder for some of them, what that runs is not modelled, a size is one that
            the model's processor refuses, or a sequence is shorter than its media.
    """
    if not schedule.has_media:
        return {}
    if schedule.mode == "decode":
        raise ScheduleError(DECODES_MEDIA)
    for field, kind, name in _FIELDS:
        if getattr(schedule, field) and not any(stack.media and kind in stack.media.takes for stack in spec.stacks):
            message = f"schedule field `{field}` is given; {_unheard(spec, kind, name)}"
            raise ScheduleError(message)
    ran = {stack.name: found for stack in spec.stacks if (found := _run(stack.media, schedule)) is not None}
    needed = sum(item.length for each in ran.values() for item in each.items)
    if schedule.seq_len < needed:
        message = (
            f"schedule field `seq_len` is {schedule.seq_len}; the media of a sequence need {needed:,} tokens of it"
        )
        raise ScheduleError(message)
    for stack in spec.stacks:
        if stack.name in ran and (media := ran[stack.name].media.beside(schedule.seq_len - needed)) != stack.media:
            ran[stack.name] = _run(media, schedule) or ran[stack.name]
    return ran


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
    if any(stack.axis == axis and stack.media is None for stack in spec.stacks):
        return f"what this model's encoder runs on {name} is not modelled"
    return f"the model has no encoder of {name} that is modelled"


def rows_of(stack: Stack, before: bool) -> list[str]:
    """Return the name of the rows that each of the components before or after the blocks of an encoder runs on."""
    if before:
        return [*stack.before_rows, *_before(stack.before)[len(stack.before_rows) :]]
    said = stack.after_rows
    if said:
        return [*said, *["tokens"] * (len(stack.after) - len(said))]
    return _after(stack.after, _width(stack))


def _before(components: tuple[Component, ...]) -> list[str]:
    first = next((i for i, each in enumerate(components) if each.kind in ("convolution", "projection")), -1)
    return ["patches" if i <= first else "rows" for i in range(len(components))]


def _after(components: tuple[Component, ...], width: int) -> list[str]:
    inner = 0
    while inner < len(components) and _is_norm_of(components[inner], width):
        inner += 1
    return ["rows" if i < inner else "tokens" for i in range(len(components))]


def _is_norm_of(component: Component, width: int) -> bool:
    return isinstance(component, Norm) and (not width or component.size == width)


def _width(stack: Stack) -> int:
    """Return the size of an encoder's hidden states; 0: it has no blocks that say."""
    mixers = [mixer for block in stack.blocks[-1:] for mixer in block.mixers()]
    return next((size for mixer in mixers if (size := getattr(mixer, "hidden_size", 0))), 0)
