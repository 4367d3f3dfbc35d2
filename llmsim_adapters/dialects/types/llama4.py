"""Llama 4 with its picture encoder over tiles. Source: transformers `Llama4Config`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.media import LLAMA4, class_tokens, tiled
from llmsim_adapters.dialects.assembly.tower import tower
from llmsim_adapters.dialects.types import llama4_text
from llmsim_adapters.spec.components import Projection

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import Stack


def towers(whole: Reader, text: Reader) -> Iterator[Stack]:
    vision = tower(whole, "vision_config", "llama4_vision_model", fixed=True)
    if vision is None:
        return
    ratio = vision.r.number("pixel_shuffle_ratio")
    if ratio is None or not 0 < ratio <= 1:
        vision.r.refuse("pixel_shuffle_ratio", ratio, "a number above 0, at most 1")
        return
    side = round(1 / ratio)
    media = tiled(whole, vision.r, side, extra=class_tokens(vision.stack), processor=LLAMA4, tile_text=1)
    into = Projection(input_size=vision.r.size("vision_output_dim"), output_size=text.size("hidden_size"))
    yield vision.running(media).then(into)


DIALECT = llama4_text.DIALECT.like("llama4", text_config="text_config", towers=towers, ties="text")
