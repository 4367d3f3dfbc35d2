"""Qwen2.5-VL in published configs, with the text model's keys beside `vision_config`. Source: `Qwen2_5_VLConfig`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.resizing import resized
from llmsim_adapters.dialects.assembly.tower import tower
from llmsim_adapters.dialects.towers.qwen2_5_vl_vision import window_side
from llmsim_adapters.dialects.types import qwen2_vl_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import Stack


def towers(whole: Reader, _: Reader) -> Iterator[Stack]:
    vision = tower(whole, "vision_config", "qwen2_5_vl_vision", fixed=True)
    if vision is not None:
        window = window_side(vision.r) * vision.r.size("spatial_merge_size")
        yield vision.running(resized(whole, vision.r, window=int(window))).stack


DIALECT = qwen2_vl_text.DIALECT.like("qwen2_5_vl", towers=towers, ties="either")
