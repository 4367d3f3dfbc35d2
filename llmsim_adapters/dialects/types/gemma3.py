"""Gemma 3 with pictures: SigLIP's encoder, its patches pooled, normalised and projected. Source: `Gemma3Config`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from llmsim_adapters.dialects.assembly.media import scanned
from llmsim_adapters.dialects.assembly.tower import tower
from llmsim_adapters.dialects.types import gemma3_text
from llmsim_adapters.spec.components import Norm, Projection

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import Stack


def towers(whole: Reader, text: Reader) -> Iterator[Stack]:
    vision = tower(whole, "vision_config", "siglip_vision_model")
    if vision is not None:
        width = vision.r.size("hidden_size")
        rule = scanned(whole, vision.r, tokens=int(whole.size("mm_tokens_per_image")), text=_AROUND)
        rule = replace(rule, mutual="pieces")  # `create_masks_for_vision_model`
        into = Projection(input_size=width, output_size=text.size("hidden_size"))
        yield vision.running(rule).then(Norm(width), into, rows=("tokens", "tokens"))


_AROUND: Final = 2
"""Tokens that begin and end a picture."""


DIALECT = gemma3_text.DIALECT.like(
    "gemma3",
    text_config="text_config",
    towers=towers,
    mm_tokens_per_image=256,
)
