"""The text model of DeepSeek-OCR, whose config has no type of its own: DeepSeekMoE with ordinary attention.

Source: the published config of deepseek-ai/DeepSeek-OCR-2 and SGLang's `deepseek_ocr.py`; `glm4_moe` of equal
dimensions is the proof. DeepSeek-VL2's text model says that it is a `deepseek_v2`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.types import deepseek
from llmsim_adapters.dialects.types.deepseek_v2 import without_latents

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    r.only("use_mla", False)
    return without_latents(r)


DIALECT = deepseek.DIALECT.like("deepseek_vl_v2", read=read, classes=("DeepseekOCRForCausalLM",), use_mla=False)
