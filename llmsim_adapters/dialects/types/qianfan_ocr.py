"""Qianfan-OCR: Qwen3 with InternVL's encoder of pictures. Source: transformers `QianfanOCRConfig`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.tower import tower
from llmsim_adapters.dialects.types import internvl, qwen3
from llmsim_adapters.dialects.types.internvl_chat import shuffled

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import Stack


def towers(whole: Reader, text: Reader) -> Iterator[Stack]:
    vision = tower(whole, "vision_config", "qianfan_ocr_vision")
    if vision is not None:
        yield from shuffled(whole, text, vision)


DIALECT = replace(
    qwen3.DIALECT.like(
        "qianfan_ocr",
        text_config="text_config",
        towers=towers,
        costless=internvl.DIALECT.costless,
        downsample_ratio=0.5,
        tie_word_embeddings=False,
    ),
    ties="either",
)
