"""RoFormer: rotary positions, from a stored table of sines; narrow embeddings. Source: `RoFormerConfig`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.encoders import (
    encoder,
    encoder_attention,
    layer_norm_of,
    masked,
    token_kinds,
    widened,
)
from llmsim_adapters.dialects.types import bert
from llmsim_adapters.spec.components import PositionEmbedding

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    hidden = r.size("hidden_size")
    width = r.size_or("embedding_size", lambda: hidden)
    mixer = replace(encoder_attention(r), rotary_fraction=1.0)
    spec = widened(r, encoder(r, mixer, inputs=(token_kinds(r, width), layer_norm_of(width))), width)
    sines = PositionEmbedding(positions=r.size("max_position_embeddings"), hidden_size=mixer.head_dim)
    (text,) = spec.stacks
    return masked(r, replace(spec, stacks=(replace(text, before=(sines,)),)), width, pooler=False)


DIALECT = bert.DIALECT.like(
    "roformer",
    read=read,
    vocab_size=50000,
    max_position_embeddings=1536,
    embedding_size=None,
    costless={"rotary_value": "whether values are turned, too: elementwise"},
)
