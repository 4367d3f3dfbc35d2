"""Qianfan-OCR: Qwen3 with InternVL's encoder of pictures. Source: transformers `QianfanOCRConfig`.

It has no processor of videos.
"""

from __future__ import annotations

from functools import partial

from llmsim_adapters.dialects.types import internvl, qwen3

DIALECT = qwen3.DIALECT.like(
    "qianfan_ocr",
    text_config="text_config",
    towers=partial(internvl.towers, kind="qianfan_ocr_vision", videos=False),
    costless=internvl.DIALECT.costless,
    downsample_ratio=0.5,
    tie_word_embeddings=False,
)
