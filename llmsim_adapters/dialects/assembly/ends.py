"""What stands around the layers of older decoders: learned positions, narrow embeddings."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.spec.components import Embedding, Head, PositionEmbedding, Projection, Score

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def learned_positions(r: Reader, *, offset: int = 0) -> PositionEmbedding:
    """Read the table of learned positions; `offset` rows precede the first position (fairseq's padding)."""
    return PositionEmbedding(positions=r.size("max_position_embeddings") + offset, hidden_size=r.size("hidden_size"))


def narrow_ends(spec: ModelSpec, hidden: int, width: int) -> ModelSpec:
    """Return a decoder whose embedding and head have `width` features and are projected to and from `hidden`."""
    if width == hidden:
        return spec
    spec = spec.transform(Embedding, lambda e: replace(e, hidden_size=width))
    spec = spec.transform(Head, lambda h: replace(h, hidden_size=width))
    spec = spec.transform(Score, lambda s: replace(s, hidden_size=width))
    table, *rest = spec.inputs
    (text,) = spec.stacks
    text = replace(text, after=(*text.after, Projection(input_size=hidden, output_size=width)))
    return replace(spec, inputs=(table, Projection(input_size=width, output_size=hidden), *rest), stacks=(text,))
