"""GLM-OCR's picture encoder: GLM-4.1V's with normed heads and biases, and no positions. `GlmOcrVisionConfig`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import mlp
from llmsim_adapters.dialects.assembly.tower import encoder, full_attention
from llmsim_adapters.dialects.towers.glm4v_vision import DIALECT as GLM4V
from llmsim_adapters.dialects.towers.glm4v_vision import merged
from llmsim_adapters.dialects.towers.qwen2_vl_vision import cubes
from llmsim_adapters.spec.components import Norm

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    return normed(r, r.size("out_hidden_size") * r.size("num_channels"))


def normed(r: Reader, width: int) -> ModelSpec:
    """Read the encoder, whose merger has a network of a `width`."""
    r.no_effect(("image_size",), "the size that positions would be for: the class has none")
    norm, head = Norm(r.size("hidden_size")), Norm(r.size("hidden_size") // r.size("num_attention_heads"))
    bias = r.flag("attention_bias")
    mixer = replace(full_attention(r, bias=bias), q_norm=head, k_norm=head)
    return encoder(r, mixer, mlp(r, bias=bias), norm, before=(cubes(r, bias=True),), after=(norm, *merged(r, width)))


DIALECT = GLM4V.like(
    "glm_ocr_vision",
    read=read,
    hidden_size=1024,
    num_attention_heads=16,
    attention_bias=True,
    out_hidden_size=1536,
    intermediate_size=4096,
)
