"""Unlimited-OCR: DeepSeek-OCR under a type of its own. Source: the published config of baidu/Unlimited-OCR."""

from llmsim_adapters.dialects.types import deepseek_vl_v2

DIALECT = deepseek_vl_v2.DIALECT.like("unlimited-ocr")
