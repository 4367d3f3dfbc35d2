"""MiniCPM-V 4.6: Qwen3.5 with an encoder of pictures and a projection of neighbouring patches. `MiniCPMV4_6Config`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.tower import tower
from llmsim_adapters.dialects.types import qwen3_5_text
from llmsim_adapters.spec.components import Norm, Projection

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.components import Component
    from llmsim_adapters.spec.model import Stack


def towers(whole: Reader, text: Reader) -> Iterator[Stack]:
    vision = tower(whole, "vision_config", "minicpmv4_6_vision", fixed=True)
    if vision is None:
        return
    sides = whole.sequence("merge_kernel_size") or ()
    if len(sides) != 2 or any(side.__class__ is not int or side < 1 for side in sides):
        whole.refuse("merge_kernel_size", sides, "two positive integers")
        return
    if whole.flag("drop_vision_last_layer"):
        whole.not_modelled("vision_without_its_last_layer")
    hidden, times = vision.r.size("hidden_size"), whole.size("merger_times")
    width = whole.derive("merge_rows", sides[0]) * whole.derive("merge_columns", sides[1]) * hidden
    into = Projection(input_size=width, output_size=width, bias=True)
    merger: tuple[Component, ...] = (Norm(width, "layer", bias=True), into)
    again = (*merger, replace(into, output_size=hidden)) * (int(times) - 1)
    yield vision.then(*again, *merger, replace(into, output_size=text.size("hidden_size")))


DIALECT = qwen3_5_text.DIALECT.like(
    "minicpmv4_6",
    text_config="text_config",
    towers=towers,
    costless={
        "downsample_mode": "which patches are merged: the mergers are stored whatever it says",
        "image_size": "the size that pictures are cut to",
        "insert_layer_id": "behind which layer patches are merged: the merger is stored once",
        "patch_size": "that of the encoder is read",
    },
    merge_kernel_size=[2, 2],
    merger_times=1,
)
