"""Kimi K2.5: Kimi K2 with MoonViT, whose merged patches are projected.

Source: the published config of moonshotai/Kimi-K2.5, and SGLang's `kimi_k25.py`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.resizing import navit
from llmsim_adapters.dialects.assembly.tower import tower
from llmsim_adapters.dialects.assembly.videos import chunked_frames, with_videos
from llmsim_adapters.dialects.types import kimi_k2
from llmsim_adapters.spec.components import Norm, Projection

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmsim_adapters.dialects.assembly.tower import Tower
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import Stack


def towers(whole: Reader, text: Reader) -> Iterator[Stack]:
    vision = tower(whole, "vision_config", "kimi_k25_vision", fixed=True)
    if vision is None:
        return
    merged = projections(vision, text, "patchmerger", bias=True)
    if merged is not None:
        norm = Norm(vision.r.size("hidden_size"), "layer", bias=True)
        yield running(whole, vision).then(norm, *merged)


def running(whole: Reader, vision: Tower) -> Tower:
    """Return the tower with the rules of its pictures and videos, which are merged as it says."""
    rows, columns = (int(side) for side in vision.r.sequence("merge_kernel_size") or (1, 1))
    merge = rows, columns
    media = with_videos(navit(whole, vision.r, merge), chunked_frames(whole, vision.r, merge))
    return vision.running(media)


def projections(vision: Tower, text: Reader, kind: str, *, bias: bool) -> tuple[Projection, Projection] | None:
    """Read what takes merged patches to the language model's size, or None where no such merging is said."""
    r = vision.r
    if (r.text("mm_projector_type") or kind) != kind:
        r.not_modelled("mm_projector_type")
    sides = r.sequence("merge_kernel_size") or ()
    if len(sides) != 2 or any(side.__class__ is not int or side < 1 for side in sides):
        r.refuse("merge_kernel_size", sides, "two positive integers")
        return None
    hidden = r.size("hidden_size")
    r.agree("mm_hidden_size", hidden, "the tower's hidden_size")
    outputs = text.size("hidden_size")
    said = r.size_or("text_hidden_size", lambda: outputs)
    r.contradicts("text_hidden_size", f"{r.prefix}text_hidden_size", said, f"{text.prefix}hidden_size", outputs)
    width = r.derive("merge_rows", sides[0]) * r.derive("merge_columns", sides[1]) * hidden
    into = Projection(input_size=width, output_size=width, bias=bias)
    return into, replace(into, output_size=outputs)


DIALECT = kimi_k2.DIALECT.like(
    "kimi_k25",
    text_config="text_config",
    towers=towers,
    tie_word_embeddings=True,
    classes=("KimiK25ForConditionalGeneration",),
    plain_towers=True,  # SGLang's kimi_k25.py: no quantization but ModelSlim's reaches the tower
)
