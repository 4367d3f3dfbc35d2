"""GLM-OCR's picture encoder: GLM-4.1V's without a table of positions, with norms of queries and keys, and biases.

The merger is as many times wider than the language model as a picture has channels. Source: `GlmOcrVisionConfig`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import mlp
from llmsim_adapters.dialects.assembly.tower import encoder, full_attention
from llmsim_adapters.dialects.towers import glm4v_vision
from llmsim_adapters.dialects.towers.qwen2_vl_vision import cubes
from llmsim_adapters.spec.components import Norm

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    norm, bias = Norm(r.size("hidden_size")), r.flag("attention_bias")
    mixer = full_attention(r, bias=bias)
    of_heads = Norm(mixer.head_dim)
    width = r.size("out_hidden_size") * r.size("num_channels")
    return encoder(
        r,
        replace(mixer, q_norm=of_heads, k_norm=of_heads),
        mlp(r, bias=bias),
        norm,
        before=(cubes(r, bias=True),),
        after=(norm, *glm4v_vision.merged(r, width)),
    )


DIALECT = glm4v_vision.DIALECT.like(
    "glm_ocr_vision",
    read=read,
    costless={"image_size": "positions are computed"},
    hidden_size=1024,
    out_hidden_size=1536,
    intermediate_size=4096,
    attention_bias=True,
    num_attention_heads=16,
)
