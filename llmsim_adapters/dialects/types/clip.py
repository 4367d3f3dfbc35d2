"""CLIP: an encoder of text and one of pictures, projected to one size. Source: transformers `CLIPConfig`.

A picture is one embedding, the class token's, and no token of a text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.media import class_tokens, square
from llmsim_adapters.dialects.assembly.tower import tower
from llmsim_adapters.dialects.types import clip_text_model
from llmsim_adapters.spec.components import Projection, Scale
from llmsim_adapters.spec.media.media import NEVER

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import Stack


def towers(whole: Reader, text: Reader) -> Iterator[Stack]:
    for key in ("text_config", "vision_config"):
        inner, said = whole.raw.get(key), whole.raw.get(f"{key}_dict")
        if isinstance(inner, dict) and isinstance(said, dict) and said.items() <= inner.items():
            whole.no_effect((f"{key}_dict",), f"it says what {key} says")
    size = whole.size("projection_dim")
    whole.check("projection_dim", size == text.size("projection_dim"), "differs from the text model's")
    vision = tower(whole, "vision_config", "clip_vision_model", fixed=True)
    if vision is not None:  # the scale is that of the product of both, a trained number
        into = Projection(input_size=vision.r.size("hidden_size"), output_size=size)
        embedded = square(vision.r, extra=class_tokens(vision.stack), tokens=0)
        yield vision.running(embedded).then(into, Scale(size=1), rows=("sequences", NEVER))


DIALECT = clip_text_model.DIALECT.like(
    "clip",
    text_config="text_config",
    towers=towers,
    costless={"logit_scale_init_value": "an initial value: training only"},
    ties="never",
)
