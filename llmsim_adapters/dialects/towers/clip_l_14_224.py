"""CLIP's picture encoder in DeepSeek-OCR, without its last norm. Source: SGLang's `deepseek_ocr.py`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.towers import clip_vision_model
from llmsim_adapters.dialects.towers.sam_vit_b import NAMES
from llmsim_adapters.spec.components import Convolution

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    r.derive("intermediate_size", 4 * r.size("hidden_size"))
    spec = clip_vision_model.read(r)
    (stack,) = spec.stacks
    # what SAM's encoder gives is in the place of patches, of which the class has an embedding all the same
    rows = tuple("never" if isinstance(part, Convolution) else "rows" for part in stack.before)
    return replace(spec, stacks=(replace(stack, after=(), before_rows=rows),))


DIALECT = clip_vision_model.DIALECT.like(
    "clip-l-14-224",
    read=read,
    aliases=NAMES,
    hidden_size=1024,
    num_hidden_layers=24,
    num_attention_heads=16,
    patch_size=14,
)
