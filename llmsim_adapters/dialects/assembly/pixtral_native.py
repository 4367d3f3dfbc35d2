"""Pixtral's encoder in Mistral's own words, with what projects its results.

Source: `VisionEncoderArgs` of mistral-inference, and SGLang's `pixtral.py` and `mistral_utils.py`, by which pictures
are at most as long as the encoder's `image_size`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from llmsim_adapters.dialects.assembly.resizing import shrunk
from llmsim_adapters.dialects.assembly.tower import tower
from llmsim_adapters.dialects.reading.find import built_in
from llmsim_adapters.spec.components import Norm, Projection

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmsim_adapters.dialects.reading.dialect import Dialect
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.components import Component
    from llmsim_adapters.spec.model import Stack

_MERGES: Final = "patch_merge"


def _encoder() -> Dialect:
    """Return the dialect of Pixtral's encoder with the arguments of what stands behind it."""
    pixtral = built_in("pixtral", "towers")
    assert pixtral is not None
    return pixtral.like(
        "pixtral",
        adapter_bias=True,
        add_pre_mm_projector_layer_norm=False,
        mm_projector_id=None,
        spatial_merge_size=1,
        costless={"max_image_size": "bounds pictures before the processor does"},
    )


def towers(whole: Reader, text: Reader, key: str = "vision_config") -> Iterator[Stack]:
    """Yield the encoder under a key, with what merges patches and projects them."""
    vision = tower(whole, key, _encoder(), fixed=True)
    if vision is None:
        return
    r = vision.r
    after: list[Component] = []
    width, hidden, side = r.size("hidden_size"), text.size("hidden_size"), r.size("spatial_merge_size")
    if r.flag("add_pre_mm_projector_layer_norm"):
        after.append(Norm(width))
    if r.word("mm_projector_id", (_MERGES, "")) == _MERGES:
        after.append(Projection(input_size=side * side * width, output_size=width))
    else:
        r.check("spatial_merge_size", side == 1, "is not 1, and nothing merges patches")
    into = Projection(input_size=width, output_size=hidden, bias=r.flag("adapter_bias"))
    media = shrunk(whole, r, merge=int(side), longest=int(r.size("image_size")), padded=False)
    stack = vision.running(media).then(*after, into, replace(into, input_size=hidden))
    yield replace(stack, name="vision")
