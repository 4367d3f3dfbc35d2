"""Llama 3.2 Vision: its language model, and an encoder of pictures whose results are projected for the layers between.

Source: transformers `MllamaConfig`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.tower import patch_count, tower
from llmsim_adapters.dialects.types import mllama_text_model
from llmsim_adapters.spec.components import Projection
from llmsim_adapters.spec.media.tiles import AllTiles

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import Stack


def towers(whole: Reader, text: Reader) -> Iterator[Stack]:
    vision = tower(whole, "vision_config", "mllama_vision_model", fixed=True)
    if vision is not None:
        width = vision.r.size("vision_output_dim")
        r = vision.r
        media = AllTiles(
            side=int(r.size("image_size")), tiles=int(r.size("max_num_tiles")), patches=int(patch_count(r))
        )
        into = Projection(input_size=width, output_size=text.size("hidden_size"), bias=True)
        yield vision.running(media).then(into, rows=("attended",))


DIALECT = mllama_text_model.DIALECT.like("mllama", text_config="text_config", towers=towers)
