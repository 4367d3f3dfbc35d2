"""RoCBERT: sounds and shapes of characters joined to the token embedding. Source: transformers `RoCBertConfig`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.encoders import encoder, layer_norm_of, masked, tables
from llmsim_adapters.dialects.types import bert
from llmsim_adapters.spec.components import PositionEmbedding, Projection

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.components import Component
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    hidden, concatenated = r.size("hidden_size"), r.flag("concat_input")
    joined: list[Component] = []
    width = hidden
    for name in ("pronunciation", "shape"):
        size = r.size(f"{name}_embed_dim")
        joined.append(PositionEmbedding(positions=r.size(f"{name}_vocab_size"), hidden_size=size))
        if not concatenated:
            r.no_effect((f"enable_{name}",), "concat_input is false: the table is there, and nothing else")
        elif r.flag(f"enable_{name}"):
            width += size
    if concatenated:
        joined.append(Projection(input_size=width, output_size=hidden, bias=True))
    return masked(r, encoder(r, inputs=(*joined, *tables(r), layer_norm_of(hidden))))


DIALECT = bert.DIALECT.like(
    "roc_bert",
    read=read,
    concat_input=True,
    enable_pronunciation=True,
    pronunciation_embed_dim=768,
    pronunciation_vocab_size=910,
    enable_shape=True,
    shape_embed_dim=512,
    shape_vocab_size=24858,
)
