"""CLIP's layers as the second encoder of Unlimited-OCR, without patches of its own and a norm at its end.

Source: transformers `UnlimitedOcrVisionEncoderConfig`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.towers import clip_vision_model
from llmsim_adapters.spec.components import Convolution

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    spec = clip_vision_model.read(r)
    r.no_effect(("num_channels",), "its inputs are results of another encoder, not pixels")
    (stack,) = spec.stacks
    before = tuple(part for part in stack.before if not isinstance(part, Convolution))
    return replace(spec, stacks=(replace(stack, before=before, before_rows=("rows",) * len(before), after=()),))


DIALECT = clip_vision_model.DIALECT.like(
    "unlimited_ocr_vision_encoder",
    read=read,
    hidden_size=1024,
    intermediate_size=4096,
    num_hidden_layers=24,
    num_attention_heads=16,
    patch_size=14,
)
