"""Qianfan-OCR's picture encoder: InternVL's with biases of queries, keys and values.

Source: transformers `QianfanOCRVisionConfig`.
"""

from __future__ import annotations

from llmsim_adapters.dialects.towers import internvl_vision

DIALECT = internvl_vision.DIALECT.like("qianfan_ocr_vision", qkv_bias=True)
