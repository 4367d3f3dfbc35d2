"""LFM3 with its picture encoder, whose merged patches are projected twice. Source: transformers `Lfm3VlConfig`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.resizing import QWEN3_VL, resized
from llmsim_adapters.dialects.assembly.tower import tower
from llmsim_adapters.dialects.types import lfm3
from llmsim_adapters.spec.components import Norm, Projection

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import Stack


def towers(whole: Reader, text: Reader) -> Iterator[Stack]:
    vision = tower(whole, "vision_config", "lfm3_vl_vision", fixed=True)
    if vision is None:
        return
    width, side, bias = vision.r.size("hidden_size"), vision.r.size("spatial_merge_size"), whole.flag("projector_bias")
    inner = whole.size("projector_hidden_size")
    into = Projection(input_size=side * side * width, output_size=inner, bias=bias)
    yield vision.running(resized(whole, vision.r, QWEN3_VL)).then(
        Norm(width, "layer", bias=True),
        into,
        replace(into, input_size=inner, output_size=text.size("hidden_size")),
        rows=("rows", "tokens", "tokens"),
    )


DIALECT = lfm3.DIALECT.like(
    "lfm3_vl",
    text_config="text_config",
    towers=towers,
    costless={"projector_hidden_act": "an activation between two projections: elementwise"},
    projector_hidden_size=4096,
    projector_bias=True,
    tie_word_embeddings=True,
)
