"""ERNIE 4.5 VL under its publisher's type, whose language model's keys stand at the top.

Sources: the published config of baidu/ERNIE-4.5-VL-28B-A3B-PT, SGLang's `ernie45_moe_vl.py` and `ernie45_vl.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.tower import tower
from llmsim_adapters.dialects.towers.ernie4_5_vl_moe_vision import AS_PUBLISHED
from llmsim_adapters.dialects.types import ernie4_5_vl_moe_text
from llmsim_adapters.dialects.types.ernie4_5_vl_moe import merging

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import Stack


def towers(whole: Reader, text: Reader) -> Iterator[Stack]:
    vision = tower(whole, "vision_config", AS_PUBLISHED, fixed=True)
    if vision is None:
        return
    whole.agree("pixel_hidden_size", vision.r.size("hidden_size"), "the encoder's size")
    side = whole.size("spatial_conv_size")
    vision.r.agree("spatial_merge_size", side, "spatial_conv_size")
    whole.only("use_temporal_conv", True)
    yield merging(whole, text, vision, side, whole.size("temporal_conv_size"))


DIALECT = ernie4_5_vl_moe_text.DIALECT.like(
    "ernie4_5_moe_vl",
    towers=towers,
    classes=("Ernie4_5_VLMoeForConditionalGeneration",),
    costless={
        "freq_allocation": "how many numbers of a head time turns: rotary positions have no weights",
        "im_patch_id": "a token id",
        "moe_use_aux_free": "how experts are balanced in training",
        "rope_3d": "rotary positions of several axes: no weights",
    },
    spatial_conv_size=2,
    temporal_conv_size=2,
    use_temporal_conv=True,
)
