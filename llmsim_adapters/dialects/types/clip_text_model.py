"""CLIP's text encoder: causal attention without a cache, learned positions, no head. Source: `CLIPTextConfig`.

In whole models, the result of the last token is projected to a size that pictures share.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.classic import classic, unrotated_attention
from llmsim_adapters.dialects.assembly.ends import learned_positions
from llmsim_adapters.dialects.reading.dialect import Dialect
from llmsim_adapters.spec.components import Projection

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    mixer = replace(unrotated_attention(r), cached=False)
    spec = classic(r, mixer, inputs=(learned_positions(r),))
    if r.architecture == "CLIPTextModel":
        r.no_effect(("projection_dim",), "CLIPTextModel has no projection")
        return spec
    width, size = r.size("hidden_size"), r.size("projection_dim")
    return replace(spec, outputs=(*spec.outputs, Projection(input_size=width, output_size=size, one_token=True)))


DIALECT = Dialect(
    "clip_text_model",
    read,
    {
        "vocab_size": 49408,
        "hidden_size": 512,
        "intermediate_size": 2048,
        "num_hidden_layers": 12,
        "num_attention_heads": 8,
        "max_position_embeddings": 77,
        "projection_dim": 512,
        "hidden_act": "quick_gelu",
        "tie_word_embeddings": False,
    },
)
