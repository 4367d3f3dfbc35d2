"""dots.vlm1: DeepSeek-V3 with dots.ocr's picture encoder.

Source: SGLang's `dots_vlm.py`, whose config class takes the language model's keys at the top, and `dots_vlm_vit.py`.
"""

from functools import partial

from llmsim_adapters.dialects.assembly.resizing import DOTS_OCR, resized
from llmsim_adapters.dialects.assembly.tower import one_tower
from llmsim_adapters.dialects.types import deepseek_v3

towers = one_tower("dots_vit", partial(resized, of=DOTS_OCR, frames=1))

DIALECT = deepseek_v3.DIALECT.like(
    "dots_vlm",
    towers=towers,
    costless=dict.fromkeys(("im_span_id", "video_span_id"), "the number of a token"),
    classes=("DotsVLMForCausalLM",),
)
