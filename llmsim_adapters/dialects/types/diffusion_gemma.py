"""DiffusionGemma with pictures among the words that it takes in. Source: transformers `DiffusionGemmaConfig`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.resizing import pooled
from llmsim_adapters.dialects.assembly.tower import tower
from llmsim_adapters.dialects.types import diffusion_gemma_text
from llmsim_adapters.spec.components import Norm, Projection

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import Stack


def towers(whole: Reader, text: Reader) -> Iterator[Stack]:
    vision = tower(whole, "vision_config", "gemma4_vision")
    if vision is not None:
        among = text.text("use_bidirectional_attention") == "vision"
        pictures = replace(pooled(whole, vision.r), mutual="whole" if among else "")
        size = vision.r.size("hidden_size")
        into = Projection(input_size=size, output_size=text.size("hidden_size"))
        yield vision.running(pictures).then(Norm(size, gain=False), into)


DIALECT = diffusion_gemma_text.DIALECT.like(
    "diffusion_gemma",
    text_config="text_config",
    towers=towers,
    causal_lm=("DiffusionGemmaForBlockDiffusion",),
)
