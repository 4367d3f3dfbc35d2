"""DeepSeek-VL: Llama with SigLIP's picture encoder and two projections. Source: transformers `DeepseekVLConfig`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.media import square
from llmsim_adapters.dialects.assembly.tower import patch_count, tower
from llmsim_adapters.dialects.types import llama
from llmsim_adapters.spec.components import Projection

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import Stack


def towers(whole: Reader, text: Reader) -> Iterator[Stack]:
    vision = tower(whole, "vision_config", "siglip_vision_model")
    if vision is None:
        return
    hidden = text.size("hidden_size")
    media = square(vision.r, tokens=patch_count(vision.r))
    into = Projection(input_size=vision.r.size("hidden_size"), output_size=hidden, bias=True)
    yield vision.running(media).then(into, replace(into, input_size=hidden))


DIALECT = llama.DIALECT.like(
    "deepseek_vl",
    text_config="text_config",
    towers=towers,
    tie_word_embeddings=True,
)
