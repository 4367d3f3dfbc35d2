"""Sarashina 2 Vision: Llama with Qwen2-VL's picture encoder, whose results are normalised.

Source: the published config of sbintuitions/sarashina2-vision-8b, and SGLang's `sarashina2_vision.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.resizing import DOTS3_NOTE, resized
from llmsim_adapters.dialects.assembly.tower import tower
from llmsim_adapters.dialects.types import llama
from llmsim_adapters.spec.components import Norm

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import Stack


def towers(whole: Reader, text: Reader) -> Iterator[Stack]:
    vision = tower(whole, "vision_config", "qwen2_vl_vision", fixed=True)
    if vision is not None:
        norm = Norm(text.size("hidden_size"), "layer", bias=True)
        yield vision.running(resized(whole, vision.r, DOTS3_NOTE)).then(norm, rows=("tokens",))


DIALECT = llama.DIALECT.like(
    "sarashina2_vision",
    text_config="text_config",
    towers=towers,
    classes=("Sarashina2VisionForCausalLM",),
)
