"""DeepSeek-VL with a second encoder for larger pictures, SAM's. Source: transformers `DeepseekVLHybridConfig`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.media import square
from llmsim_adapters.dialects.assembly.sam import neck, windowed
from llmsim_adapters.dialects.assembly.tower import patch_count, patches_per_side, tower
from llmsim_adapters.dialects.types import llama
from llmsim_adapters.spec.components import Convolution, LearnedTokens, Projection

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import Stack


_RESIZED = 4
"""How many times the side of the other encoder's patches hidden states are resized to, before they are halved twice."""


def towers(whole: Reader, text: Reader) -> Iterator[Stack]:
    vision = tower(whole, "vision_config", "siglip_vision_model")
    fine = tower(whole, "high_res_vision_config", "sam_vision_model", fixed=True)
    if vision is None or fine is None:
        return
    hidden, channels, width = text.size("hidden_size"), fine.r.size("output_channels"), fine.r.size("hidden_size")
    count, resized = patch_count(vision.r), _RESIZED * int(patches_per_side(vision.r))
    half = Projection(input_size=vision.r.size("hidden_size"), output_size=hidden // 2, bias=True)
    whole_of_both = Projection(input_size=hidden, output_size=hidden, bias=True)
    yield vision.running(square(vision.r, tokens=count)).then(half, whole_of_both)
    wide = Convolution(input_channels=channels, output_channels=2 * channels, kernel=(3, 3))
    # the results of the last layer and those of the first that sees all go the same way, and are added up
    named = (("halved", 2 * (resized // 2) ** 2), ("both", 2 * int(count)), ("once", int(count)))
    yield fine.running(replace(windowed(fine.r), named=named)).then(
        *neck(width, channels),
        wide,
        replace(wide, input_channels=2 * channels, output_channels=4 * channels),
        LearnedTokens(hidden_size=1),
        replace(half, input_size=4 * channels),
        rows=(*("rows",) * 4, "halved", "both", "once", "once"),
    )


DIALECT = llama.DIALECT.like(
    "deepseek_vl_hybrid",
    text_config="text_config",
    towers=towers,
    tie_word_embeddings=True,
)
