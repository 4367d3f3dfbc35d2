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
    from llmsim_adapters.spec.components import Component


def merger(r: Reader) -> tuple[Component, ...]:
    """Read the merger: a norm and attention within windows, a norm and two projections of what they join."""
    rows, columns = _window(r)
    hidden, joined = r.size("hidden_size"), rows * columns * r.size("hidden_size")
    inner, window = rows * columns * r.size("intermediate_size"), rows * columns
    return (
        Norm(hidden, "layer", bias=True),
        replace(full_attention(r), window=window),
        Norm(joined, "layer", bias=True),
        Projection(input_size=joined, output_size=inner, bias=True),
        Projection(input_size=inner, output_size=hidden, bias=True),
    )


def _window(r: Reader) -> tuple[int, int]:
    sides = r.sequence("window_kernel_size") or ()
    if len(sides) != 2 or any(side.__class__ is not int or side < 1 for side in sides):
        r.refuse("window_kernel_size", sides, "two positive integers")
        return 1, 1
    return r.derive("window_rows", sides[0]), r.derive("window_columns", sides[1])


DIALECT = siglip_vision_model.DIALECT.like(
    "minicpmv4_6_vision",
    costless={"insert_layer_id": "behind which layer patches are merged: the whole model's is read"},
    vision_use_head=False,
    window_kernel_size=[2, 2],
)
