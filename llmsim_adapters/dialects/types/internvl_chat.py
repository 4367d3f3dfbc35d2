"""InternVL under its remote code's type: a language model with InternViT, and a projection of four patches at once.

Source: the published configs of OpenGVLab/InternVL2 and SGLang's `internvl.py`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.media import class_tokens, tiled
from llmsim_adapters.dialects.assembly.tower import tower
from llmsim_adapters.dialects.assembly.videos import tile_a_frame, with_videos
from llmsim_adapters.dialects.types import internlm2
from llmsim_adapters.spec.components import Norm, Projection

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmsim_adapters.dialects.assembly.tower import Tower
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import Stack


def towers(whole: Reader, text: Reader) -> Iterator[Stack]:
    vision = tower(whole, "vision_config", "intern_vit_6b")
    if vision is not None:
        yield from shuffled(whole, text, vision)


def shuffled(whole: Reader, text: Reader, vision: Tower, *, videos: bool = True) -> Iterator[Stack]:
    """Yield the encoder with its rules of tiles and of `videos`, and the projection of neighbouring patches."""
    ratio = whole.number("downsample_ratio")
    if ratio is None or not 0 < ratio <= 1:
        whole.refuse("downsample_ratio", ratio, "a number above 0, at most 1")
        return
    side, hidden = whole.derive("downsampled_side", int(1 / ratio)), text.size("hidden_size")
    width = side * side * vision.r.size("hidden_size")
    into = Projection(input_size=width, output_size=hidden, bias=True)
    pictures = tiled(whole, vision.r, int(side), extra=class_tokens(vision.stack))
    media = with_videos(pictures, tile_a_frame(vision, merge=int(side))) if videos else pictures
    yield vision.running(media).then(
        Norm(width, "layer", bias=True), into, replace(into, input_size=hidden), rows=("tokens",) * 3
    )


DIALECT = internlm2.DIALECT.like(
    "internvl_chat",
    text_config="llm_config",
    towers=towers,
    costless={
        "force_image_size": "the size that pictures are cut to, not that of the table of positions",
        "ps_version": "the order of neighbouring patches: no weights",
        "select_layer": "which layer's results are projected: all layers are stored",
    },
    downsample_ratio=0.5,
    ties="either",
)
