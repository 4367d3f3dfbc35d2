"""Qwen 4 with its picture encoder. Source: transformers `Qwen4ExpConfig`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.resizing import QWEN3_VL, resized
from llmsim_adapters.dialects.assembly.tower import tower
from llmsim_adapters.dialects.types import qwen4_exp_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import Stack


def towers(whole: Reader, _: Reader) -> Iterator[Stack]:
    vision = tower(whole, "vision_config", "qwen4_exp_vision", fixed=True)
    if vision is not None:
        yield vision.running(resized(whole, vision.r, QWEN3_VL)).stack


DIALECT = qwen4_exp_text.DIALECT.like("qwen4_exp", text_config="text_config", towers=towers)
