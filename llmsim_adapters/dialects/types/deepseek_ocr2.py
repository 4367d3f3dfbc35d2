"""DeepSeek-OCR 2 as transformers has it. Source: transformers `DeepseekOcr2Config`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.deepseek_vl import second_encoder
from llmsim_adapters.dialects.assembly.sam import DEEPSEEK_OCR2
from llmsim_adapters.dialects.types import deepseek_ocr2_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import Stack


def towers(whole: Reader, text: Reader) -> Iterator[Stack]:
    yield from second_encoder(
        whole, text, "deepseek_ocr2_sam_vision_model", "deepseek_ocr2_encoder", DEEPSEEK_OCR2, doubled=True
    )


DIALECT = deepseek_ocr2_text.DIALECT.like("deepseek_ocr2", text_config="text_config", towers=towers)
