"""Ming-flash-omni: Ling 2 with Qwen3-VL's picture encoder, whose results are projected once or more often.

What the encoder's inner mergers give is run and left out. Source: the published config of
inclusionAI/Ming-flash-omni-2.0, and SGLang's `BailingMM2Config` and `bailing_mm.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.resizing import QWEN3_VL, resized
from llmsim_adapters.dialects.assembly.tower import tower
from llmsim_adapters.dialects.types import bailing_moe_v2
from llmsim_adapters.dialects.types.bailingmm import projections, without_sound

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import Stack


def towers(whole: Reader, text: Reader) -> Iterator[Stack]:
    vision = tower(whole, "vision_config", "qwen3_vl_vision", fixed=True)
    if vision is not None:
        running = vision.running(resized(whole, vision.r, QWEN3_VL))
        yield running.then(*projections(whole, text, vision.r.size("out_hidden_size")))
    without_sound(whole)


DIALECT = bailing_moe_v2.DIALECT.like(
    "bailingmm_moe_v2_lite",
    text_config="llm_config",
    towers=towers,
    classes=("BailingMM2NativeForConditionalGeneration",),
    mlp_depth=1,
)
