"""Unlimited-OCR: DeepSeek-OCR under a type of its own, in its published form and in transformers'.

Source: the published config of baidu/Unlimited-OCR, and transformers `UnlimitedOcrConfig`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly import deepseek_vl
from llmsim_adapters.dialects.assembly.sam import UNLIMITED_OCR
from llmsim_adapters.dialects.types import deepseek_vl_v2
from llmsim_adapters.dialects.types.unlimited_ocr_text import slides_over_prompts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec, Stack


def read(r: Reader) -> ModelSpec:
    slides_over_prompts(r)
    return deepseek_vl_v2.read(r)


def towers(whole: Reader, text: Reader) -> Iterator[Stack]:
    said = whole.raw.get("vision_config")
    if isinstance(said, dict) and "width" in said:
        yield from deepseek_vl.towers(whole, text)
        return
    first, second = "unlimited_ocr_sam_vision_model", "unlimited_ocr_vision_encoder"
    yield from deepseek_vl.second_encoder(whole, text, first, second, UNLIMITED_OCR, extra=1)


DIALECT = deepseek_vl_v2.DIALECT.like("unlimited-ocr", read=read, towers=towers)
