"""MiniCPM-V 4.6's picture encoder: SigLIP's without pooling, and a merger of windows behind one of its layers.

The merger attends within each window, joins it and leaves one state in its place. Source: `MiniCPMV4_6VisionConfig`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.tower import full_attention
from llmsim_adapters.dialects.towers import siglip_vision_model
from llmsim_adapters.spec.components import Norm, Projection

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    spec = siglip_vision_model.read(r)
    r.no_effect(("insert_layer_id",), "behind which layer patches are merged: the merger is stored once")
    rows, columns = _window(r)
    hidden, joined = r.size("hidden_size"), rows * columns * r.size("hidden_size")
    inner = rows * columns * r.size("intermediate_size")
    merger = (
        Norm(hidden, "layer", bias=True),
        full_attention(r),
        Norm(joined, "layer", bias=True),
        Projection(input_size=joined, output_size=inner, bias=True),
        Projection(input_size=inner, output_size=hidden, bias=True),
    )
    (stack,) = spec.stacks
    return replace(spec, stacks=(replace(stack, after=(*stack.after, *merger)),))


def _window(r: Reader) -> tuple[int, int]:
    sides = r.sequence("window_kernel_size") or ()
    if len(sides) != 2 or any(side.__class__ is not int or side < 1 for side in sides):
        r.refuse("window_kernel_size", sides, "two positive integers")
        return 1, 1
    return r.derive("window_rows", sides[0]), r.derive("window_columns", sides[1])


DIALECT = siglip_vision_model.DIALECT.like(
    "minicpmv4_6_vision",
    read=read,
    vision_use_head=False,
    window_kernel_size=[2, 2],
)
