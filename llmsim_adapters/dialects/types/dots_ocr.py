"""dots.ocr: Qwen2 with a picture encoder of its own. Source: SGLang's `dots_ocr.py`, and rednote-hilab/dots.ocr."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.resizing import DOTS_OCR, resized
from llmsim_adapters.dialects.assembly.tower import tower
from llmsim_adapters.dialects.types import qwen2

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import Stack


def towers(whole: Reader, _: Reader) -> Iterator[Stack]:
    vision = tower(whole, "vision_config", "dots_vit", fixed=True)
    if vision is not None:
        yield vision.running(resized(whole, vision.r, DOTS_OCR, frames=1)).stack


DIALECT = qwen2.DIALECT.like("dots_ocr", towers=towers, classes=("DotsOCRForCausalLM",))
