"""dots.ocr: Qwen2 with a picture encoder of its own. Source: SGLang's `dots_ocr.py`, and rednote-hilab/dots.ocr."""

from functools import partial

from llmsim_adapters.dialects.assembly.resizing import DOTS_OCR, resized
from llmsim_adapters.dialects.assembly.tower import one_tower
from llmsim_adapters.dialects.types import qwen2

towers = one_tower("dots_vit", partial(resized, of=DOTS_OCR, frames=1))

DIALECT = qwen2.DIALECT.like("dots_ocr", towers=towers, classes=("DotsOCRForCausalLM",))
