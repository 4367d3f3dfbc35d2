"""Cosmos3 Edge with SigLIP 2's picture encoder and a merger of its patches. Source: `Cosmos3EdgeConfig`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.resizing import COSMOS3_EDGE, resized
from llmsim_adapters.dialects.assembly.tower import tower
from llmsim_adapters.dialects.types import cosmos3_edge_text
from llmsim_adapters.spec.components import Norm, Projection

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import Stack


def towers(whole: Reader, text: Reader) -> Iterator[Stack]:
    vision = tower(whole, "vision_config", "cosmos3_edge_vision", fixed=True)
    if vision is not None:
        hidden, side = vision.r.size("hidden_size"), vision.r.size("spatial_merge_size")
        inner = whole.size("projector_hidden_size")
        media = resized(whole, vision.r, COSMOS3_EDGE, frames=1)
        yield vision.running(media).then(
            Norm(hidden, "layer", bias=True),
            Projection(input_size=side * side * hidden, output_size=inner, bias=True),
            Projection(input_size=inner, output_size=text.size("hidden_size"), bias=True),
        )


DIALECT = cosmos3_edge_text.DIALECT.like(
    "cosmos3_edge",
    text_config="text_config",
    towers=towers,
    projector_hidden_size=11520,
    ties="never",
)
