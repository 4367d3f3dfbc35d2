"""Kimi-VL: DeepSeek-V3's layers with MoonViT, whose merged patches are projected twice.

Source: the published config of moonshotai/Kimi-VL-A3B-Instruct, and SGLang's `kimi_vl.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.resizing import navit
from llmsim_adapters.dialects.assembly.tower import tower
from llmsim_adapters.dialects.types import deepseek_v3
from llmsim_adapters.dialects.types.kimi_k25 import projections
from llmsim_adapters.spec.components import Norm

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import Stack

_MOST_PATCHES = 4096
"""Patches that a picture has at most where no file of the checkpoint says it."""


def towers(whole: Reader, text: Reader) -> Iterator[Stack]:
    vision = tower(whole, "vision_config", "moonvit", fixed=True)
    if vision is None:
        return
    merged = projections(vision, text, "", bias=True)
    if merged is not None:
        rows, columns = (int(side) for side in vision.r.sequence("merge_kernel_size") or (1, 1))
        media = navit(whole, vision.r, (rows, columns), most=_MOST_PATCHES, of="KimiVLImageProcessor", refuses=True)
        yield vision.running(media).then(Norm(vision.r.size("hidden_size"), "layer", bias=True), *merged)


DIALECT = deepseek_v3.DIALECT.like(
    "kimi_vl", text_config="text_config", towers=towers, classes=("KimiVLForConditionalGeneration",)
)
