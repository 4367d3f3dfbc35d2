"""HunYuan-VL: Hunyuan dense with its picture encoder. Source: transformers `HunYuanVLConfig`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.resizing import broken
from llmsim_adapters.dialects.assembly.tower import tower
from llmsim_adapters.dialects.types import hunyuan_vl_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import Stack


def towers(whole: Reader, _: Reader) -> Iterator[Stack]:
    vision = tower(whole, "vision_config", "hunyuan_vl_vision", fixed=True)
    if vision is not None:
        yield vision.running(broken(whole, vision.r, ends=2, text=2)).stack


DIALECT = hunyuan_vl_text.DIALECT.like("hunyuan_vl", text_config="text_config", towers=towers)
