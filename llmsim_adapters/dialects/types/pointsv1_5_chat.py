"""POINTS 1.5: Qwen2 with Qwen2-VL's picture encoder, whose merger gives way to a projector of the same parts.

Source: the published configs and index of tencent/POINTS-Reader and WePOINTS/POINTS-1-5-Qwen-2-5-7B-Chat, whose files
have both; SGLang's `points_v15_chat.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.resizing import DOTS3_NOTE, resized
from llmsim_adapters.dialects.assembly.tower import tower, unused_end
from llmsim_adapters.dialects.towers.qwen2_vl_vision import merged
from llmsim_adapters.dialects.types import qwen2
from llmsim_adapters.spec.components import Norm

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import Stack


def towers(whole: Reader, text: Reader) -> Iterator[Stack]:
    vision = tower(whole, "vision_config", "qwen2_vl_vision", fixed=True)
    if vision is None:
        return
    side = vision.r.size("spatial_merge_size")
    vision.r.check("spatial_merge_size", side == 2, lambda: f"is {int(side)}; the projector merges 2 x 2 patches")
    norm = Norm(vision.r.size("hidden_size"), "layer", bias=True)
    parts = (norm, *merged(vision.r, text.size("hidden_size")))
    yield unused_end(vision).running(resized(whole, vision.r, DOTS3_NOTE)).then(*parts, rows=("rows", *["tokens"] * 2))


DIALECT = qwen2.DIALECT.like(
    "pointsv1.5_chat",
    text_config="llm_config",
    towers=towers,
    causal_lm=("POINTSV15ChatModel",),
    ties="either",
)
