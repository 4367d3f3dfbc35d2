"""MiniCPM-V 4.6: Qwen3.5 with an encoder of pictures and a projection of neighbouring patches. `MiniCPMV4_6Config`."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING, Final

from llmsim_adapters.dialects.assembly.media import Settings, origin, rule
from llmsim_adapters.dialects.assembly.tower import tower
from llmsim_adapters.dialects.assembly.videos import with_videos
from llmsim_adapters.dialects.towers.minicpmv4_6_vision import merger
from llmsim_adapters.dialects.types import qwen3_5_text
from llmsim_adapters.spec.components import Norm, Projection
from llmsim_adapters.spec.media.refused import Refused
from llmsim_adapters.spec.media.slices import JoinedSlices, Slices
from llmsim_adapters.spec.media.videos import FrameByFrame

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.components import Component
    from llmsim_adapters.spec.media.media import Media
    from llmsim_adapters.spec.model import Stack


_EXTRA: Final = ("4x", "16x")
"""How many patches are one token: with `16x`, the merger in the encoder joins four of them before the one behind."""


def towers(whole: Reader, text: Reader) -> Iterator[Stack]:
    yield from sliced(whole, text, "minicpmv4_6_vision", "16x")


def sliced(whole: Reader, text: Reader, model_type: str, mode: str) -> Iterator[Stack]:
    """Yield the encoder in two parts: layers on patches with the merger of windows, and those behind it."""
    vision = tower(whole, "vision_config", model_type, fixed=True)
    if vision is None:
        return
    sides = whole.sequence("merge_kernel_size") or ()
    if len(sides) != 2 or any(side.__class__ is not int or side < 1 for side in sides):
        whole.refuse("merge_kernel_size", sides, "two positive integers")
        return
    if whole.has("drop_vision_last_layer") and whole.flag("drop_vision_last_layer"):
        whole.not_modelled("vision_without_its_last_layer")
    hidden, times = vision.r.size("hidden_size"), whole.size("merger_times")
    width = whole.derive("merge_rows", sides[0]) * whole.derive("merge_columns", sides[1]) * hidden
    into = Projection(input_size=width, output_size=width, bias=True)
    parts: tuple[Component, ...] = (Norm(width, "layer", bias=True), into)
    again = (*parts, replace(into, output_size=hidden)) * (int(times) - 1)
    merged = (*again, *parts, replace(into, output_size=text.size("hidden_size")))
    usual = [2, 2]
    first, second = rules(whole, vision.r, whole.word("downsample_mode", _EXTRA) or mode)
    if int(times) != 1 or list(sides) != usual or vision.r.sequence("window_kernel_size") != usual:
        first = second = Refused(reason="what becomes of a picture is known where squares of two are merged once")
    stack, layers = vision.stack, len(vision.stack.order)
    inside = whole.count("insert_layer_id") + 1
    begun = replace(stack, order=stack.order[:inside], after=(), after_rows=(), counted_by="vision_layers_on_patches")
    rows = ("asked", "asked", "joined", "joined", "joined")
    yield vision._replace(stack=begun).running(first).then(*merger(vision.r), rows=rows)
    rest = replace(stack, name="vision_2", before=(), blocks=stack.blocks if inside < layers else ())
    rest = replace(rest, order=stack.order[inside:], counted_by="vision_layers_behind_the_merger")
    yield vision._replace(stack=rest).running(second).then(*merged, rows=("tokens",) * len(merged))


def rules(whole: Reader, r: Reader, mode: str) -> tuple[Media, Media]:
    """Return the rules of slices in both parts of the encoder.

    Settings: `max_slice_nums`, `scale_resolution`, `slice_mode`, `downsample_mode`, `use_image_id`,
    `small_image_upsize`.
    """

    def made(images: Settings) -> Slices | Refused:
        said = images.word("downsample_mode", _EXTRA, default=mode)
        upsize = images.word("small_image_upsize", ("always", "never", "adaptive"), default="always")
        if upsize == "adaptive":
            return Refused(reason="`small_image_upsize` is adaptive: how large a picture is follows from its letters")
        return Slices(
            patch_size=images.integer("patch_size", default=int(r.size("patch_size"))),
            scale=images.integer("scale_resolution", default=448),
            most=images.tiles("max_slice_nums", default=9) if images.flag("slice_mode", default=True) else 1,
            merge=4 if said == "16x" else 2,
            joins=said == "16x",
            native=upsize == "never",
            text=3 if images.flag("use_image_id", default=True) else 0,
            origin=origin(images, "MiniCPMV4_6ImageProcessor"),
        )

    pictures, videos = rule(whole, "image", made), rule(whole, "video", made)
    if not isinstance(pictures, Slices):
        return pictures, pictures
    if not isinstance(videos, Slices):
        return with_videos(pictures, videos), with_videos(_joined(pictures), videos)
    frames = (FrameByFrame(frame=each, origin=videos.origin) for each in (videos, _joined(videos)))
    first, second = frames
    return with_videos(pictures, first), with_videos(_joined(pictures), second)


def _joined(slices: Slices) -> JoinedSlices:
    """Return the rule of the same slices behind the layer that joins patches."""
    return JoinedSlices(**{field.name: getattr(slices, field.name) for field in fields(slices)})


DIALECT = qwen3_5_text.DIALECT.like(
    "minicpmv4_6",
    text_config="text_config",
    towers=towers,
    costless={
        "image_size": "the size that pictures are cut to",
        "patch_size": "that of the encoder is read",
    },
    merge_kernel_size=[2, 2],
    merger_times=1,
    insert_layer_id=6,
    tie_word_embeddings=False,
)
