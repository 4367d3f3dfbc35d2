"""LLaVA-OneVision: LLaVA-NeXT with SigLIP, whose tiles shrink beyond a number of them.

Source: transformers `LlavaOnevisionConfig`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from llmsim_adapters.dialects.assembly.tower import tower
from llmsim_adapters.dialects.assembly.videos import halved_frames
from llmsim_adapters.dialects.types import llava_next, qwen2
from llmsim_adapters.dialects.types.llava_next import anyres

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import Stack


def towers(whole: Reader, text: Reader) -> Iterator[Stack]:
    vision = tower(whole, "vision_config", "siglip_vision_model", without=_ENCODER)
    if vision is None:
        return
    said = whole.text("vision_aspect_ratio") or ""
    most = said.removeprefix("anyres_max_")
    if not most.isdecimal() or said == most or not 0 < int(most) <= _MOST:
        whole.refuse("vision_aspect_ratio", said, f"'anyres_max_N', N at most {_MOST}")
        return
    yield from anyres(whole, text, vision, most=int(most), videos=halved_frames(vision))


_ENCODER: Final = {
    "hidden_size": 1152,
    "intermediate_size": 4304,
    "num_hidden_layers": 26,
    "num_attention_heads": 16,
    "patch_size": 14,
    "image_size": 384,
    "vision_use_head": False,
}
_MOST: Final = 1000
_SIDES: Final = range(384, 2305, 384)

DIALECT = qwen2.DIALECT.like(
    "llava_onevision",
    text_config="text_config",
    towers=towers,
    costless=llava_next.DIALECT.costless,
    multimodal_projector_bias=True,
    vision_feature_select_strategy="full",
    vision_aspect_ratio="anyres_max_9",
    image_grid_pinpoints=[[height, width] for height in _SIDES for width in _SIDES],
    ties="either",
)
