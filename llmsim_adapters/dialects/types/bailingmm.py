"""Ming-Lite-Omni: Ling with Qwen2.5-VL's picture encoder, whose results are projected once or more often.

Source: the published config of inclusionAI/Ming-Lite-Omni, and SGLang's `bailing_mm.py`, which takes no sound.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.resizing import resized
from llmsim_adapters.dialects.assembly.tower import tower
from llmsim_adapters.dialects.towers.qwen2_5_vl_vision import window_side
from llmsim_adapters.dialects.types import bailing_moe
from llmsim_adapters.spec.components import Projection

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.components import Component
    from llmsim_adapters.spec.model import Stack


def towers(whole: Reader, text: Reader) -> Iterator[Stack]:
    vision = tower(whole, "vision_config", "qwen2_5_vl_vision", fixed=True)
    if vision is not None:
        window = window_side(vision.r) * vision.r.size("spatial_merge_size")
        running = vision.running(resized(whole, vision.r, window=int(window)))
        yield running.then(*projections(whole, text, vision.r.size("out_hidden_size")))
    without_sound(whole)


def without_sound(whole: Reader) -> None:
    """Note that there is no encoder of sound, where the config says so; one that there is stays unread."""
    if not whole.has("audio_config"):
        whole.no_effect(("audio_config",), "null: there is no such encoder")


def projections(whole: Reader, text: Reader, width: int) -> tuple[Component, ...]:
    """Return `mlp_depth` projections of an encoder's results, all but the first of the language model's size."""
    hidden = text.size("hidden_size")
    into = Projection(input_size=width, output_size=hidden, bias=True)
    return (into, *(replace(into, input_size=hidden),) * (int(whole.size("mlp_depth")) - 1))


DIALECT = bailing_moe.DIALECT.like(
    "bailingmm",
    text_config="llm_config",
    towers=towers,
    classes=("BailingMMNativeForConditionalGeneration",),
    mlp_depth=1,
)
