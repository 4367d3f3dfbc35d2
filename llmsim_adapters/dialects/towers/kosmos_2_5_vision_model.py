"""Kosmos-2.5's picture encoder: Pix2Struct's, with a table of rows and one of columns (arXiv:2210.03347).

Source: transformers `Kosmos2_5VisionConfig`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import mlp
from llmsim_adapters.dialects.assembly.tower import encoder, full_attention
from llmsim_adapters.dialects.reading.dialect import Dialect
from llmsim_adapters.spec.components import Norm, PositionEmbedding, Projection

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    hidden = r.size("hidden_size")
    patch = Projection(input_size=r.size("patch_embed_hidden_size"), output_size=hidden, bias=True)
    table = PositionEmbedding(positions=r.size("max_num_patches"), hidden_size=hidden)
    norm = Norm(hidden)
    return encoder(r, full_attention(r, bias=False), mlp(r), norm, before=(patch, table, table), after=(norm,))


DIALECT = Dialect(
    "kosmos_2_5_vision_model",
    read,
    {
        "hidden_size": 1536,
        "patch_embed_hidden_size": 768,
        "intermediate_size": 3968,
        "head_dim": 64,
        "num_hidden_layers": 18,
        "num_attention_heads": 24,
        "hidden_act": "gelu_new",
        "max_num_patches": 4096,
    },
    aliases={"dense_act_fn": "hidden_act"},
    costless={"dropout_rate": "a dropout"},
)
