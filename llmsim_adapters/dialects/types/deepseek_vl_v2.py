"""DeepSeek-VL2 and DeepSeek-OCR: DeepSeekMoE with ordinary attention, and encoders of pictures by name.

DeepSeek-OCR's text model has no type of its own; DeepSeek-VL2's says that it is a `deepseek_v2`. Source: the published
config of deepseek-ai/DeepSeek-OCR-2 and SGLang's `deepseek_ocr.py`; `glm4_moe` of equal dimensions is the proof of the
text model, and SGLang's tensors are that of the encoders.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.deepseek_vl import towers
from llmsim_adapters.dialects.types import deepseek
from llmsim_adapters.dialects.types.deepseek_v2 import without_latents

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    r.only("use_mla", False)
    return without_latents(r)


DIALECT = deepseek.DIALECT.like(
    "deepseek_vl_v2",
    read=read,
    classes=("DeepseekOCRForCausalLM", "DeepseekVL2ForCausalLM"),
    towers=towers,
    use_mla=False,
    tile_tag="2D",
    ties="either",
)
